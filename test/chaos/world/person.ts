import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Board } from '../../../src/client/types.ts';
import { git } from '../../support/github-emulator/git.ts';
import type { EmulatedPullRequest } from '../../support/github-emulator/state.ts';
import { ask, boardOf } from './board.ts';
import { answerFor, mergedWith, pushFor, type WorldIssue } from './issues.ts';
import { REVIEWER, type Stage } from './stage.ts';

/** The name of the run that begins with all issues. */
const RUN = 'chaos';

/** Between two looks at the board, in milliseconds. */
const PERIOD = 700;

/** How long the person waits to be told of a question, in milliseconds. */
const TOLD_WITHIN = 60_000;

type Pull = Readonly<EmulatedPullRequest>;
type Record_ = Board['sessions'][number]['record'];

/** What the people did, for the checker to compare with what came of it. */
interface Deeds {
  /** What each issue's session was told, word for word, once. */
  readonly guidance: { readonly issue: number; readonly text: string }[];
  /** Marks of what was said on pull requests, and the threads it began. */
  readonly feedback: {
    readonly issue: number;
    readonly mark: string;
    readonly thread: number | null;
  }[];
  /** Questions that the world means to be asked, by the first words of each. */
  readonly questions: { readonly issue: number; readonly begins: string }[];
  /** Questions that the person had to answer though nobody meant them. */
  readonly unexpected: { readonly issue: number; readonly question: string }[];
}

export interface Person {
  readonly deeds: Deeds;
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
  const deeds: Deeds = { guidance: [], feedback: [], questions: [], unexpected: [] };
  const done = new Set<string>();
  const merged = new Set<number>();
  const numbers = issues.map(({ number }) => number);

  /** Does something once, and again only when it failed. */
  async function once(what: string, act: () => Promise<unknown>): Promise<void> {
    if (done.has(what)) return;
    await act();
    done.add(what);
  }

  for (const { number, traits } of issues) {
    if (traits.includes('asks'))
      deeds.questions.push({ issue: number, begins: `Which way for ${number}?` });
    if (traits.includes('approval')) deeds.questions.push({ issue: number, begins: 'Approve' });
  }

  const pullOf = (pulls: readonly Pull[], issue: number): Pull | undefined =>
    pulls.find(({ head }) => head === `issue-${issue}`);

  /** Whoever does not know whether a message has arrived looks, before it is sent again. */
  async function guide(issue: number, text: string, action: 'answer' | 'approve') {
    await ask(
      stage,
      async (coppice) => {
        const { detail } = await coppice.show(repository, issue);
        const isThere = detail.guidance.some((one) => one.text.includes(text));
        if (!isThere) await coppice.guide(repository, issue, { text, action });
      },
      90_000,
    );
  }

  /** The person answers what they were told of; and also what nobody tells them of, after a while. */
  const isTold = ({ issueNumber, since }: Record_): boolean =>
    Date.now() - Date.parse(since) > TOLD_WITHIN ||
    questionsTold(stage.logs.told).some(
      ({ issue, at }) => issue === issueNumber && Date.parse(at) >= Date.parse(since) - 5_000,
    );

  async function answer({ issueNumber: issue, asksFor, stuckReason, since }: Record_) {
    const { traits = [] } = issues.find(({ number }) => number === issue) ?? {};
    if (asksFor === 'guidance' && traits.includes('asks') && !done.has(`answer ${issue}`)) {
      await once(`answer ${issue}`, () => guide(issue, answerFor(issue), 'answer'));
      deeds.guidance.push({ issue, text: answerFor(issue) });
    } else if (asksFor === 'approval') {
      await once(`approve ${issue} ${since}`, () => guide(issue, '', 'approve'));
    } else if (asksFor !== null && !done.has(`answer ${issue} ${since}`)) {
      const known = done.has(`answer ${issue}`) && stuckReason?.includes(`Which way for ${issue}?`);
      if (known) return;
      deeds.unexpected.push({ issue, question: stuckReason ?? '' });
      const anyway = asksFor === 'retry' ? ({ action: 'retry' } as const) : 'Go on.';
      await once(`answer ${issue} ${since}`, () =>
        ask(stage, (coppice) => coppice.guide(repository, issue, anyway), 90_000),
      );
    }
  }

  /** Reviewers speak and push once a pull request is ready. @returns whether it was all heard */
  async function review({ number: issue, traits }: WorldIssue, pull: Pull): Promise<boolean> {
    const say = (mark: string, thread: number | null) =>
      deeds.feedback.push({ issue, mark, thread });
    if (traits.includes('reviewed'))
      await once(`review ${issue}`, async () => {
        const mark = `F-${issue}-thread`;
        const comments = [{ path: `work/${issue}/one.txt`, line: 1, body: `Say more (${mark}).` }];
        const { threads } = await github.ask('review', repository, pull.number, {
          ...{ author: REVIEWER, state: 'CHANGES_REQUESTED', comments },
        });
        say(mark, threads[0] ?? null);
      });
    if (traits.includes('commented'))
      await once(`comment ${issue}`, async () => {
        for (const [author, mark] of [
          [REVIEWER, `F-${issue}-person`],
          ['coderabbitai[bot]', `F-${issue}-bot`],
        ] as const) {
          const body = `This can fail when the file is empty: handle that (${mark}).`;
          await github.ask('comment', repository, pull.number, { author, body });
          say(mark, null);
        }
      });
    if (traits.includes('pushed'))
      await once(`push ${issue}`, () =>
        github.ask('push', repository, {
          ...{ branch: `issue-${issue}`, author: REVIEWER },
          ...pushFor({ number: issue } as WorldIssue),
        }),
      );
    const hears = ['failing', 'reviewed', 'commented'].some((one) => traits.includes(one as never));
    return !hears || (await isHeard(issue, pull));
  }

  async function isHeard(issue: number, pull: Pull): Promise<boolean> {
    const threads = await github.ask('threads', repository);
    const ours = deeds.feedback.filter((one) => one.issue === issue);
    const directory = `${stage.root}/github/${repository}.git`;
    const files = await git(directory, 'ls-tree', '-r', '--name-only', pull.headSha);
    return (
      files.includes(`work/${issue}/heard.txt`) &&
      ours.every(
        ({ thread }) =>
          thread === null || (threads.find(({ id }) => id === thread)?.comments.length ?? 0) > 1,
      )
    );
  }

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
    return done.has(`rerun ${issue}`);
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
      if (record.status === 'stuck' && isTold(record)) await answer(record);
    }
    for (const issue of issues) {
      const kin = mergedWith(issue, issues);
      if (merged.has(issue.number) || kin[0] !== issue) continue;
      let ready = merged.size + kin.length <= Math.max(share() * issues.length, 0.01);
      for (const one of kin) {
        const [record, pull] = [records.get(one.number), pullOf(pulls, one.number)];
        const isReady = record?.status === 'complete' && pull?.state === 'open' && !pull.draft;
        const isCancelled = record?.status === 'cancelled' && done.has(`cancel ${one.number}`);
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

/** Questions of which the person was told, and when they were asked. */
function questionsTold(file: string): { readonly issue: number; readonly at: string }[] {
  if (!existsSync(file)) return [];
  const messages = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return messages
    .flatMap((line) => (JSON.parse(line) as { events: Told[] }).events)
    .filter(({ question }) => question !== null);
}

interface Told {
  readonly issue: number;
  readonly at: string;
  readonly question: unknown;
}
