import { setTimeout as sleep } from 'node:timers/promises';
import { openCoppice } from '../../../src/client/open.ts';
import type { Board, Coppice } from '../../../src/client/types.ts';
import { isOpen } from '../../../src/client/types.ts';
import type { Stage } from './stage.ts';

/** How long Coppice is waited for before it counts as not answering, in milliseconds. */
const ANSWERS_WITHIN = 15_000;

/** Asks Coppice as any program does that is there for a moment. @throws when it does not answer */
export async function ask<Answer>(
  { env, home }: Stage,
  question: (coppice: Coppice) => Promise<Answer>,
  within = ANSWERS_WITHIN,
): Promise<Answer> {
  const opened = openCoppice({ env, home });
  const answer = opened.then(question);
  const late = sleep(within, undefined, { ref: false }).then(() => {
    throw new Error(`no answer within ${within} ms`);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    // Whoever is late is not waited for, and closes then.
    void answer
      .catch(() => undefined)
      .then(async () => (await opened).close())
      .catch(() => undefined);
  }
}

export const boardOf = (stage: Stage): Promise<Board> =>
  ask(stage, (coppice) => coppice.board(stage.repository));

/** Whether server and worker answer: every open session speaks for itself. */
export async function isAnswering(stage: Stage): Promise<boolean> {
  try {
    const { source, sessions, unresponsiveRuns } = await boardOf(stage);
    const open = sessions.filter(isOpen);
    return (
      source === 'live' && unresponsiveRuns.length === 0 && open.every((one) => !one.unresponsive)
    );
  } catch {
    return false;
  }
}
