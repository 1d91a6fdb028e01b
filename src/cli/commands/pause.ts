import type { Context } from '../context.ts';
import { eachIssue } from '../each-issue.ts';
import { amendRun } from '../open-run.ts';

/** Pauses sessions, or a run with all of its sessions, after the turns under way; or resumes it. */
export async function pause(
  context: Context,
  paused: boolean,
  references: readonly string[],
  options: { run?: string },
): Promise<void> {
  const { terminal } = context;
  const what = paused ? 'paused: current turns finish, and no new one begins' : 'no longer paused';
  if (references.length === 0) {
    const amendment = { do: paused ? 'pause' : 'resume' } as const;
    terminal.out(`Run ${await amendRun(context, { run: options.run }, amendment)} is ${what}.`);
    return;
  }
  await eachIssue(context, references, async (coppice, repository, issue) => {
    await coppice.pause(repository, issue, paused);
    terminal.out(`#${issue} is ${what}.`);
  });
}
