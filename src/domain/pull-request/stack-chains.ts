import type { SessionReport } from '../session/reports.ts';

/**
 * Pull requests as GitHub's own stacks take them: open ones in a row, from the bottom, each against the branch of the one
 * before. Where several stand on one, the first by issue number goes on; GitHub's stacks have no branches.
 */
export function stackChains(sessions: Iterable<SessionReport>): number[][] {
  const open = [...sessions]
    .flatMap(({ issue, branch, pullRequest }) =>
      pullRequest?.state === 'open' ? [{ issue, branch, pullRequest }] : [],
    )
    .sort((a, b) => a.issue - b.issue);
  const heads = new Set(open.map(({ branch }) => branch));
  return open
    .filter(({ pullRequest }) => !heads.has(pullRequest.base))
    .map((bottom) => {
      const chain = [bottom];
      for (const { branch } of chain) {
        const next = open.find(({ pullRequest }) => pullRequest.base === branch);
        if (next && !chain.includes(next)) chain.push(next);
      }
      return chain.map(({ pullRequest }) => pullRequest.number);
    })
    .filter((chain) => chain.length > 1);
}
