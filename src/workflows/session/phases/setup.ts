import type { CarriesStatus } from '../../../activities/carried-status.ts';
import { longHostActivities } from '../../activities.ts';
import { askOnFailure } from '../ask-on-failure.ts';
import type { Session } from '../session.ts';

/** Runs the person's setup commands in the new worktree. */
export async function setUp(session: Session): Promise<void> {
  if (session.registration.settings.hooks.setup.length === 0) return;
  await runSetup(session, false, session.beginStep('runs your setup commands'));
}

/** Runs the setup commands again if their input files have changed, through the agent's work or a new base. */
export async function setUpAgain(session: Session): Promise<void> {
  const { setup, setupInputs } = session.registration.settings.hooks;
  // Registrations of earlier versions do not have this key.
  if (setup.length > 0 && (setupInputs ?? []).length > 0) await runSetup(session, true);
}

async function runSetup(
  session: Session,
  ifChanged: boolean,
  status: CarriesStatus = {},
): Promise<void> {
  const { setup, setupInputs, timeout } = session.registration.settings.hooks;
  await askOnFailure(session, 'runs your setup commands', () =>
    longHostActivities(session.location, timeout * setup.length + 60).setUp({
      ...{ location: session.location, commands: setup, timeout, ifChanged },
      ...{ inputs: setupInputs ?? [], ...status },
    }),
  );
}
