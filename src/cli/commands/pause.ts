import { withCoppice } from '../connection.ts';
import type { Context } from '../context.ts';
import { amendRun } from '../open-run.ts';
import { findIssue } from '../project.ts';

/** Pauses a session, or a run with all of its sessions, after the turns under way; or resumes it. */
export async function pause(
  context: Context,
  paused: boolean,
  reference: string | undefined,
  options: { run?: string },
): Promise<void> {
  const { services, terminal } = context;
  const what = paused ? 'paused: current turns finish, and no new one begins' : 'no longer paused';
  if (reference === undefined) {
    const amendment = { do: paused ? 'pause' : 'resume' } as const;
    terminal.out(`Run ${await amendRun(context, { run: options.run }, amendment)} is ${what}.`);
    return;
  }
  const { repository, issue } = await findIssue(context, reference);
  await withCoppice(services, (coppice) => coppice.pause(repository, issue, paused));
  terminal.out(`#${issue} is ${what}.`);
}
