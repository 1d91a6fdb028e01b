import type { ChalkInstance } from 'chalk';
import { type Board, type BoardSession, isOpen } from '../../client/types.ts';
import type { RunStatus } from '../../domain/run/run.ts';
import { waitText } from '../../domain/run/schedule.ts';
import type { SessionRecord } from '../../domain/session/session.ts';
import { age } from '../../domain/shared/age.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { nextSteps } from './next-steps.ts';
import { optionLines } from './options.ts';
import { retryLine } from './retrying.ts';
import { spent } from './spent.ts';
import { clock } from './time.ts';

export interface RenderOptions {
  readonly now: Date;
  readonly color: ChalkInstance;
  readonly columns: number;
}

/**
 * The report of a repository's sessions, in the seed's layout: blocks, an empty line between two. What the service did not
 * answer itself is marked with the age of the record it is taken from.
 */
export function renderBoard(board: Board, options: RenderOptions): string {
  const active = board.sessions.filter(isOpen);
  const ended = board.sessions.filter((session) => !isOpen(session));
  const queue = board.runs.flatMap((run) =>
    run.queue.map((entry) => ({ ...entry, title: run.titles[entry.issue] ?? '' })),
  );
  const taken = spent(board.sessions.map(({ record }) => record));
  const steps = nextSteps(active.map(({ record }) => record));
  return [
    ...(board.source === 'recorded' ? [stale(board, options)] : []),
    ...(board.githubUntil === null ? [] : [limited(board.githubUntil, options)]),
    ...board.usageLimits.map((limit) => usedUp(limit, options)),
    ...board.damaged.map((path) => options.color.yellow(damagedRecord(path))),
    ...board.channelProblems.map((trouble) => undelivered(trouble, options)),
    `Active Sessions (${active.length}):`,
    ...active.map((session) => renderSession(session, options)),
    ...board.unresponsiveRuns.map((run) => silentRun(run, options)),
    ...board.runs
      .filter((run) => run.paused)
      .map(({ name }) => `Run ${name} is paused. Continue it: coppice resume --run ${name}`),
    ...(queue.length > 0 ? [`Queue (${queue.length}):`] : []),
    ...queue.map((entry) => queued(entry, options)),
    ...(ended.length > 0 ? [`Ended Sessions (${ended.length}):`] : []),
    ...ended.map((session) => renderSession(session, options)),
    ...(taken === '' ? [] : [`Spent: ${taken}`]),
    ...(steps.length > 0
      ? [['What you can do next:', ...steps.map((step) => `    ${step}`)].join('\n')]
      : []),
    ...(board.sessions.length + queue.length === 0 ? ['Start sessions: coppice run 123 124'] : []),
  ].join('\n\n');
}

/** What an issue waits for matters more than the end of its title. */
function queued(
  { issue, title, ...wait }: RunStatus['queue'][number] & { readonly title: string },
  { columns }: RenderOptions,
): string {
  const head = `[ ] #${issue} - QUEUED - `;
  const waits = oneLine(waitText(wait), 110);
  if (title === '') return `${head}${waits}`;
  const shown = oneLine(title, Math.max(20, columns - head.length - waits.length - 3));
  return `${head}${shown} (${waits})`;
}

const limited = (until: string, { now, color }: RenderOptions): string =>
  color.yellow(`GitHub's rate limit is reached: Coppice asks again at ${clock(until, now)}`);

const usedUp = (
  { account, until }: Board['usageLimits'][number],
  { now, color }: RenderOptions,
): string =>
  color.yellow(
    `The usage limit of ${oneLine(account, 100)} is reached: its sessions are waiting until ${clock(until, now)}`,
  );

const undelivered = (
  { channel, error, waiting }: Board['channelProblems'][number],
  { color }: RenderOptions,
): string =>
  color.yellow(
    `The channel ${oneLine(channel, 100)} does not deliver: ${oneLine(error, 200)}; ${waiting} waiting. Try it: coppice notify --test`,
  );

const silentRun = (
  { name, cause, advice }: Board['unresponsiveRuns'][number],
  { color }: RenderOptions,
): string =>
  color.yellow(
    `Run ${name} does not answer, so what waits in it is not shown: ${oneLine(cause, 200)}\n    ${oneLine(advice, 500)}`,
  );

const stale = (board: Board, { now, color }: RenderOptions): string =>
  color.yellow(
    board.sessions.length === 0
      ? 'No service answers, and this host has no record of a session. Start it: coppice up'
      : `No service answers: this is what was recorded, up to ${age(board.asOf, now)} ago. Start it: coppice up`,
  );

const damagedRecord = (path: string): string =>
  `${oneLine(path, 300)} is damaged: what it held is not shown. It is written anew when its session goes on; move it away if that has ended`;

/** One session's block: its line, then what matters most about its status. */
export function renderSession(session: BoardSession, options: RenderOptions): string {
  const { record, source } = session;
  const { label, mark, paint, timed } = appearance(record, options.color);
  const head = `${paint(mark)} #${record.issueNumber} - ${paint(label)}`;
  const since = timed ? ` (${age(record.since, options.now)})` : '';
  const bare = `${mark} #${record.issueNumber} - ${label}${since} - `;
  const title = oneLine(record.issueTitle, Math.max(20, options.columns - bare.length));
  const lines = [...detailOf(session, options)];
  if (record.retrying) lines.push(retryLine(record.retrying, options.now));
  if (record.attachedSince !== null)
    lines.push(
      `Attached in a terminal for ${age(record.attachedSince, options.now)}; coppice resume ${record.issueNumber} takes it back`,
    );
  if (source === 'recorded' && isOpen(session)) lines.push(recorded(session, options));
  const first = `${head}${since}${title === '' ? '' : ` - ${title}`}`;
  return [first, ...lines.map((line) => `    ${line}`)].join('\n');
}

/** Says that the record is shown instead of the workflow's answer, how old it is, and why. */
function recorded({ record, asOf, unresponsive }: BoardSession, { now }: RenderOptions): string {
  const since = `Recorded ${age(asOf, now)} ago`;
  if (!unresponsive) return since;
  return `${since}: ${oneLine(unresponsive.cause, 200)}. What to do: coppice show ${record.issueNumber}`;
}

function detailOf({ record, leftHere }: BoardSession, { now, columns }: RenderOptions): string[] {
  if (record.status === 'stuck')
    return [
      `Reason: ${oneLine(record.stuckReason ?? record.activity, Math.max(40, columns * 2))}`,
      ...optionLines(record.issueNumber, record.options),
    ];
  if (record.status === 'complete')
    return [`PR: ${oneLine(record.pullRequestUrl ?? '', 300)}`, ...left(record, columns)];
  if (record.status === 'cancelled')
    return [
      oneLine(record.activity, Math.max(40, columns * 2)),
      ...(leftHere ? ['coppice prune removes what is left of it'] : []),
    ];
  const files =
    record.diff?.files && record.status === 'working'
      ? [`Files changed: ${changes(record.diff)}`]
      : [];
  if (record.waitingUntil !== null)
    return [
      ...files,
      oneLine(`waiting until ${clock(record.waitingUntil, now)}: ${record.activity}`, columns),
    ];
  // With a pull request it may wait for checks, and no agent be at work.
  if (files.length > 0 && record.pullRequestState !== 'open') return files;
  const prefix = files.length > 0 ? 'Pull request: ' : '';
  return record.activity === ''
    ? files
    : [...files, oneLine(`${prefix}${record.activity}`, columns)];
}

/** Says that a merged session could not remove its worktree. */
const left = ({ pullRequestState, activity }: SessionRecord, columns: number): string[] =>
  pullRequestState === 'merged' && activity.startsWith('merged;')
    ? [oneLine(activity, Math.max(40, columns * 2))]
    : [];

/** The size of a change: `3 (+42, -5)`, files first. */
export const changes = (diff: NonNullable<SessionRecord['diff']>): string =>
  `${diff.files} (+${diff.insertions}, -${diff.deletions})`;

interface Appearance {
  readonly mark: string;
  readonly label: string;
  readonly paint: (text: string) => string;
  /** Whether the time since the last change matters. */
  readonly timed: boolean;
}

function appearance(record: SessionRecord, color: ChalkInstance): Appearance {
  const look = (mark: string, label: string, paint: (text: string) => string, timed = true) => ({
    mark,
    label,
    paint,
    timed,
  });
  switch (record.status) {
    case 'registered':
      return look('[*]', 'REGISTERED', color.cyan);
    case 'planning':
      return look('[*]', 'PLANNING', color.cyan);
    case 'working':
      return look('[*]', 'WORKING', color.cyan);
    case 'stuck':
      return look('[!]', 'STUCK', color.yellow);
    case 'complete':
      return record.pullRequestState === 'merged'
        ? look('[✓]', 'MERGED', color.dim, false)
        : look('[+]', 'PR READY', color.green, false);
    case 'cancelled':
      return look('[-]', 'CANCELLED', color.dim, false);
  }
}
