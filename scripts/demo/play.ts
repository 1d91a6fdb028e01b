import { setTimeout as sleep } from 'node:timers/promises';
import type { Board, StartedRun } from '../../src/client/types.ts';
import type { RunResult } from '../../src/domain/run.ts';
import { isAtWork, type SessionRecord } from '../../src/domain/session.ts';
import { SAMPLE_ISSUES } from '../../test/support/sample/issues.ts';
import type { Stage } from './stage.ts';
import type { Viewer } from './viewer.ts';

/** Between two looks at the board, in milliseconds. */
const PERIOD = 500;

/**
 * Lets the viewer watch the run, answer its questions and merge its pull requests, until it is over and its sessions have
 * cleared up behind them.
 */
export async function play(stage: Stage, run: StartedRun, viewer: Viewer): Promise<RunResult> {
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
    if (over && board.sessions.every(({ source }) => source === 'recorded')) return result;
    await guide(board);
    await review(board);
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

/** Asks for a review when every agent is at rest, so that nobody is disturbed while there is something to watch. */
function reviewer({ emulator, repository }: Stage, viewer: Viewer) {
  const mergedAt = new Map<number, string>();

  /** A dependent has been moved onto main when it was at work since its dependency's merge. */
  const isReady = ({ issueNumber, pullRequestState, since }: SessionRecord): boolean =>
    pullRequestState === 'open' &&
    !mergedAt.has(issueNumber) &&
    (SAMPLE_ISSUES.find(({ number }) => number === issueNumber)?.after ?? []).every(
      (dependency) => since > (mergedAt.get(dependency) ?? since),
    );

  return async (board: Board): Promise<void> => {
    const records = board.sessions.map(({ record }) => record);
    const queued = board.runs.some(({ queue }) => queue.length > 0);
    if (queued || records.some(({ status }) => isAtWork(status) || status === 'stuck')) return;
    const ready = records.filter(isReady);
    if (ready.length === 0) return;
    for (const { issueNumber, branch } of await viewer.review(ready)) {
      const pull = emulator.pullRequests(repository).find(({ head }) => head === branch);
      if (!pull) throw new Error(`#${issueNumber} has no pull request`);
      await emulator.mergePullRequest(repository, pull.number, 'squash');
      mergedAt.set(issueNumber, new Date().toISOString());
    }
  };
}
