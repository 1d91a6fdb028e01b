import type { Coppice } from '../client/types.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import { withCoppice } from './connection.ts';
import type { Context } from './context.ts';
import { Refusal, report } from './errors.ts';
import { findIssues } from './project.ts';

/**
 * Does something for each issue that a person named. One that fails keeps none of the others from it.
 * @throws the failure of the only issue, or a Refusal with each failure
 */
export async function eachIssue(
  context: Context,
  references: readonly string[],
  act: (coppice: Coppice, repository: RepositoryName, issue: number) => Promise<void>,
): Promise<void> {
  const { repository, issues } = await findIssues(context, references);
  const wanted = [...new Set(issues)];
  const failures: unknown[] = [];
  await withCoppice(context.services, async (coppice) => {
    for (const issue of wanted)
      await act(coppice, repository, issue).catch((error: unknown) => failures.push(error));
  });
  if (failures.length === 0) return;
  if (wanted.length === 1) throw failures[0];
  throw new Refusal(
    `${failures.length} of ${wanted.length} issues failed:`,
    failures.map((error) => report(error, false).text.replace(/^coppice: /, '')),
  );
}
