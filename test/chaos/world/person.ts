import { setTimeout as sleep } from 'node:timers/promises';
import type { Board } from '../../../src/client/types.ts';
import type { EmulatedPullRequest } from '../../support/github-emulator/state.ts';
import { createAnswers } from './answers.ts';
import { ask, boardOf } from './board.ts';
import { createDeeds, type Deeds } from './deeds.ts';
import { mergedWith, type WorldIssue } from './issues.ts';
import { createReviewer } from './reviewer.ts';
import { REVIEWER, type Stage } from './stage.ts';

/** The name of the run that begins with all issues. */
const RUN = 'chaos';

/** Between two looks at the board, in milliseconds. */
const PERIOD = 700;

type Pull = Readonly<EmulatedPullRequest>;

export interface Person {
  readonly deeds: Pick<Deeds, 'guidance' | 'feedback' | 'questions'>;
  /** Resolves when every issue is merged, and every session has ended. @throws when that takes too long */
  work(deadline: number): Promise<void>;
  /** What is not merged yet, and how it stands. */
  open(): Promise<string[]>;
}

/**
 * The people of the world: they start the run, answer, review, push and merge.
 * @param share how much of the faults has been seen, from 0 to 1: as much is merged, so that the world lasts as long
 */
export function createPerson(stage: Stage, share: () => number): Person {
  const { github, issues, repository } = stage;
  const deeds = createDeeds(issues);
  const { once, isDone } = deeds;
  const answer = createAnswers(stage, deeds);
  const review = createReviewer(stage, deeds);
  const merged = new Set<number>();
  const numbers = issues.map(({ number }) => number);

  const pullOf = (pulls: readonly Pull[], issue: number): Pull | undefined =>
    pulls.find(({ head }) => head === `issue-${issue}`);

  /** Cancels a session once, and runs its issue again. @returns whether that is behind it */
  async function cancelOnce({ number: issue, traits }: WorldIssue): Promise<boolean> {
    if (!traits.includes('rerun')) return true;
    await once(`cancel ${issue}`, () =>
      ask(stage, (coppice) => coppice.cancel(repository, issue), 90_000),
    );
    await once(`rerun ${issue}`, async () => {
      const board = await boardOf(stage);
      const session = board.sessions.find(({ record }) => record.issueNumber === issue);
      if (session?.record.status !== 'cancelled') throw new Error(`#${issue} is not cancelled yet`);
      const name = `again-${issue}`;
      await startRun(name, [{ issue }]);
    });
    return isDone(`rerun ${issue}`);
  }

  async function startRun(name: string, planned: readonly { issue: number; after?: number[] }[]) {
    const run = { repository, name, concurrency: 4, issues: [...planned] };
    await ask(stage, (coppice) => coppice.startRun(run), 90_000).catch((error: Error) => {
      // It was started, and the answer was lost.
      if (!/open|running|already/i.test(error.message)) throw error;
    });
  }

  async function look(board: Board): Promise<void> {
    const records = new Map(board.sessions.map(({ record }) => [record.issueNumber, record]));
    const pulls = await github.ask('pullRequests', repository);
    for (const issue of issues) {
      const record = records.get(issue.number);
      if (merged.has(issue.number) || !record) continue;
      if (record.status === 'stuck') await answer(record);
    }
    for (const issue of issues) {
      const kin = mergedWith(issue, issues);
      if (merged.has(issue.number) || kin[0] !== issue) continue;
      let ready = merged.size + kin.length <= Math.max(share() * issues.length, 0.01);
      for (const one of kin) {
        const [record, pull] = [records.get(one.number), pullOf(pulls, one.number)];
        const isReady = record?.status === 'complete' && pull?.state === 'open' && !pull.draft;
        const isCancelled = record?.status === 'cancelled' && isDone(`cancel ${one.number}`);
        if (!isReady && !isCancelled) ready = false;
        else if (!(await cancelOnce(one)) || !pull || !isReady) ready = false;
        else if (!(await review(one, pull))) ready = false;
        else if (one === issue && pull.base !== 'main') ready = false;
      }
      if (!ready) continue;
      const heads = kin.flatMap((one) => pullOf(pulls, one.number)?.number ?? []);
      if (heads.length === 1)
        await github.ask('mergePullRequest', repository, heads[0] ?? 0, issue.merge);
      else await github.ask('mergeStack', repository, heads, issue.merge);
      for (const { number } of kin) merged.add(number);
      if (merged.size % 3 === 1) await moveBase();
    }
  }

  /** Somebody else's work gets into the base branch. */
  async function moveBase(): Promise<void> {
    const path = `upstream/${merged.size}.txt`;
    const text = 'from elsewhere\n';
    await github.ask('push', repository, { branch: 'main', author: REVIEWER, path, text });
  }

  async function pauseOnce(): Promise<void> {
    if (share() < 0.4) return;
    const amend = (what: 'pause' | 'resume') =>
      ask(stage, (coppice) => coppice.amend(repository, RUN, { do: what }), 90_000);
    await once('pause', () => amend('pause'));
    await once('resume', async () => {
      await sleep(2_000);
      await amend('resume');
    });
  }

  const isOver = ({ runs, sessions }: Board): boolean =>
    runs.length === 0 && sessions.every(({ source }) => source === 'recorded');

  return {
    deeds,
    async work(deadline) {
      await startRun(
        RUN,
        issues.map(({ number, after, traits }) => ({
          ...{ issue: number, after: [...after] },
          ...(traits.includes('approval') && { caution: 'it is delicate' }),
        })),
      );
      for (;;) {
        if (Date.now() > deadline) throw new Error('the world did not end in time');
        // Whatever fails, while something is down, is done at the next look.
        try {
          const board = await boardOf(stage);
          if (merged.size === numbers.length && isOver(board)) return;
          await look(board);
          if (merged.size < numbers.length) await pauseOnce();
        } catch {}
        await sleep(PERIOD);
      }
    },
    async open() {
      const board = await boardOf(stage);
      return board.sessions
        .filter(({ source }) => source === 'live')
        .map(({ record }) => `#${record.issueNumber} ${record.status}: ${record.activity}`);
    },
  };
}
