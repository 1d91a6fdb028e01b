import type { RepositoryName } from '../../domain/shared/repository.ts';
import type { Survey } from '../../planning/rules/survey.ts';
import type { Home } from '../../state/home.ts';
import { listLeftBranches } from '../../state/left-branch.ts';
import { listSessions } from '../../state/session-store.ts';

/**
 * The survey without the pull requests of cancelled sessions. A new session of the same issue continues what the cancelled
 * one made, so such a pull request is no reason to leave the issue out.
 */
export async function withoutPredecessors(
  survey: Survey,
  home: Home,
  repository: RepositoryName,
): Promise<Survey> {
  if (survey.closing.size === 0) return survey;
  const [{ sessions }, left] = await Promise.all([
    listSessions(home, repository),
    listLeftBranches(home, repository),
  ]);
  const urls = sessions.flatMap(({ last }) =>
    last?.detail.record.status === 'cancelled' ? (last.detail.record.pullRequestUrl ?? []) : [],
  );
  const numbers = new Set(left.map(({ pullRequest }) => pullRequest));
  const isOwn = ({ number, url }: { number: number; url: string }): boolean =>
    numbers.has(number) || urls.includes(url);
  return { ...survey, closing: new Map([...survey.closing].filter(([, pull]) => !isOwn(pull))) };
}
