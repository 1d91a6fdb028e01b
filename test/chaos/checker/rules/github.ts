import type { Rules } from '../check.ts';
import type { Evidence, PullRequest } from '../evidence.ts';

/** Whose token Coppice has. */
const COPPICE_SPEAKS_AS = 'person';

const pullsOf = ({ pulls }: Evidence, issue: number): PullRequest[] =>
  pulls.filter(({ head }) => head === `issue-${issue}`);

export const githubRules: Rules = {
  'the world ends': ({ world: { unfinished } }) => (unfinished === null ? [] : [unfinished]),

  'one pull request for an issue': (evidence) =>
    evidence.world.issues.flatMap((issue) => {
      const count = pullsOf(evidence, issue).length;
      return count === 1 ? [] : [`#${issue} has ${count} pull requests`];
    }),

  'every pull request is merged': ({ pulls }) =>
    pulls
      .filter(({ mergedAt }) => mergedAt === null)
      .map(({ number, head, state }) => `pull request ${number} of ${head} is ${state}`),

  'each thread is answered once': ({ world, threads }) =>
    world.feedback.flatMap(({ mark, thread }) => {
      if (thread === null) return [];
      const found = threads.find(({ id }) => id === thread);
      const answers = (found?.comments ?? [])
        .slice(1)
        .filter(({ author }) => author === COPPICE_SPEAKS_AS);
      return answers.length === 1 ? [] : [`${mark} has ${answers.length} answers`];
    }),

  'GitHub understands every request': ({ misunderstood }) => misunderstood,
};
