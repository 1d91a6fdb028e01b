import { setTimeout as sleep } from 'node:timers/promises';
import type { Board, StartedRun } from '../../src/client/types.ts';
import type { RunResult } from '../../src/domain/run/run.ts';
import type { Asked } from './requests.ts';
import { type Fix, reviewer } from './reviewer.ts';
import type { Stage } from './stage.ts';
import type { Viewer } from './viewer.ts';

/** Between two looks at the board, in milliseconds. */
const PERIOD = 500;

/** What came of a run. */
export interface Played {
  readonly result: RunResult;
  readonly fix: Fix | undefined;
  readonly asked: Asked | undefined;
}

/**
 * Lets the viewer watch the run, answer its questions and merge its pull requests, until it is over and its sessions have
 * cleared up behind them.
 */
export async function play(stage: Stage, run: StartedRun, viewer: Viewer): Promise<Played> {
  const guide = guider(stage, viewer);
  const review = reviewer(stage, viewer);
  const result = run.result();
  let over = false;
  const end = () => {
    over = true;
  };
  result.then(end, end);
  for (;;) {
    const board = await stage.coppice.board(stage.repository);
    await viewer.show(board);
    if (over && board.sessions.every(({ source }) => source === 'recorded'))
      return { result: await result, fix: review.fix, asked: review.asked };
    await guide(board);
    await review.look(board);
    await sleep(PERIOD);
  }
}

/** Hands each question to the viewer once. */
function guider({ coppice, repository }: Stage, viewer: Viewer) {
  const answered = new Set<string>();
  return async (board: Board): Promise<void> => {
    for (const { record } of board.sessions) {
      const { issueNumber, since } = record;
      const question = `${issueNumber} ${since}`;
      if (record.status !== 'stuck' || answered.has(question)) continue;
      const { detail } = await coppice.show(repository, issueNumber);
      if (!detail.stuck) continue;
      await coppice.guide(repository, issueNumber, await viewer.guide(detail.record, detail.stuck));
      answered.add(question);
    }
  };
}
