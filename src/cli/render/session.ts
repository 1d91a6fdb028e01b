import type { SessionView } from '../../client/types.ts';
import type { Remark } from '../../domain/pull-request/feedback-state.ts';
import { answerCommand } from '../../domain/session/answer-command.ts';
import type { QuestionOption } from '../../domain/session/options.ts';
import type { Refusal } from '../../domain/session/refusals.ts';
import type { GuidanceEntry, SessionDetail } from '../../domain/session/session.ts';
import { age } from '../../domain/shared/age.ts';
import { oneLine, plainLines } from '../../domain/shared/text.ts';
import { changes, type RenderOptions, renderSession } from './board.ts';
import { optionLines } from './options.ts';
import { dollars, spentBy, tokens } from './spent.ts';
import { clock } from './time.ts';

/** Everything about one session. */
export function renderView(view: SessionView, options: RenderOptions): string {
  const { detail, workflowId } = view;
  return [
    renderSession({ ...view, record: detail.record }, options),
    unresponsive(view),
    facts(view, options),
    stuck(detail),
    section(planTitle(detail), plainLines(detail.plan)),
    section(turnsTitle(detail), turnsTable(detail, options)),
    section('Before you merge:', plainLines((detail.cautions ?? []).join('\n'))),
    section('Comments not forwarded:', detail.remarks.map(remarkLine(options)).join('\n')),
    section('Guidance:', detail.guidance.map((entry) => guidanceLine(entry, options)).join('\n')),
    section('Guidance not accepted:', detail.refused.map(refusalLine(options)).join('\n')),
    ...(detail.turns.length > 0 ? [`Transcript: coppice logs ${detail.record.issueNumber}`] : []),
    `Temporal: ${view.webUrl ?? workflowId}`,
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

/** What a person can do about a session that does not answer. */
const unresponsive = (view: SessionView): string =>
  view.unresponsive
    ? `It does not answer: ${oneLine(view.unresponsive.cause, 300)}\n    What to do: ${oneLine(view.unresponsive.advice, 700)}`
    : '';

function facts(
  { detail: { record, agent }, workflowId }: SessionView,
  { now }: RenderOptions,
): string {
  const rows: [string, string | null][] = [
    ['Doing', record.activity],
    ['Repository', record.repository],
    ['Run', record.run],
    ['Agent', agent && agentInWords(agent)],
    ['Branch', record.branch],
    ['Worktree', record.worktreePath],
    ['Pull request', record.pullRequestUrl],
    ['Pull request is', record.pullRequestState],
    ['Files changed', record.diff && changes(record.diff)],
    ['Started', `${clock(record.startedAt, now)} (${age(record.startedAt, now)} ago)`],
    ['Last heartbeat', `${age(record.lastHeartbeat, now)} ago`],
    ['Waiting until', record.waitingUntil && clock(record.waitingUntil, now)],
    ['Turns', String(record.turns)],
    ['Cost', record.costUsd > 0 ? dollars(record.costUsd) : null],
    ['Tokens', tokens(record.tokens)],
    ['Sent to the agent', record.forwardedMessage],
    ['Workflow', workflowId],
  ];
  return rows
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `    ${`${name}:`.padEnd(25)}${oneLine(value ?? '', 300)}`)
    .join('\n');
}

/** `codex (fast), model gpt-5` */
const agentInWords = ({ name, adapter, model }: NonNullable<SessionDetail['agent']>): string =>
  [
    name === null || name === adapter ? adapter : `${adapter} (${name})`,
    ...(model === null ? [] : [`model ${model}`]),
  ].join(', ');

/** The question of a stuck session, in the seed's three parts. */
function stuck({ record, stuck: question }: SessionDetail): string {
  if (!question) return '';
  const title = oneLine(record.issueTitle, 100);
  return [
    `Session #${record.issueNumber} is stuck${title && ` on ${title}`}:`,
    '',
    `Decision needed: ${plainLines(question.decision)}`,
    ...optionsOf(record.issueNumber, question.options),
    ...(question.context === '' ? [] : [`Context: ${plainLines(question.context)}`]),
    '',
    `Answer: ${answerCommand(record.issueNumber, question)}`,
  ].join('\n');
}

/** Numbered, each with the command that chooses it. */
const optionsOf = (issue: number, options: readonly QuestionOption[]): string[] =>
  options.length === 0
    ? []
    : ['Options considered:', ...optionLines(issue, options).map((line) => `    ${line}`)];

const planTitle = ({ plan, record }: SessionDetail): string =>
  plan.endsWith('…')
    ? `Plan (its beginning; the whole is ${record.worktreePath}/.coppice/plan.md):`
    : 'Plan:';

const section = (title: string, body: string): string =>
  body.trim() === '' ? '' : [title, ...body.split('\n').map((line) => `    ${line}`)].join('\n');

const earlierTurns = ({ earlier }: SessionDetail): number => earlier?.turns ?? 0;

const turnsTitle = (detail: SessionDetail): string =>
  earlierTurns(detail) > 0 ? `Turns (the latest; ${earlierTurns(detail)} before them):` : 'Turns:';

function turnsTable(detail: SessionDetail, { now, columns }: RenderOptions): string {
  const rows = detail.turns.map((turn, index) => [
    String(earlierTurns(detail) + index + 1),
    turn.kind,
    clock(turn.startedAt, now),
    turn.endedAt === null ? 'under way' : age(turn.startedAt, new Date(turn.endedAt)),
    turn.outcome ?? '',
    spentBy(turn),
    turn.summary,
  ]);
  if (rows.length === 0) return '';
  return table(
    [['#', 'kind', 'begun', 'took', 'outcome', 'cost', 'summary'], ...rows],
    columns - 4,
  );
}

/** The smallest width of a last column, in characters. */
const LEAST_LAST = 20;

/** Rows under one another; the last column is cut to what is left of `columns`. */
export function table(
  rows: readonly (readonly string[])[],
  columns = Number.POSITIVE_INFINITY,
): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const last = widths.length - 1;
  const taken = widths.slice(0, last).reduce((sum, width) => sum + width + 2, 0);
  const left = Math.max(LEAST_LAST, columns - taken);
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === last ? oneLine(cell, left) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const refusalLine =
  ({ now }: RenderOptions) =>
  ({ at, what, reason }: Refusal): string =>
    `${clock(at, now)}  ${oneLine(what, 200)}: ${oneLine(reason, 500)}`;

const DID: Readonly<Record<string, string>> = {
  approve: 'approved',
  resolved: 'resolved',
  retry: 'retried',
};

const guidanceLine = (entry: GuidanceEntry, { now }: RenderOptions): string =>
  `${clock(entry.receivedAt, now)}  ${DID[entry.action] ?? 'said'}${entry.relayed ? ' through a chat' : ''}  ${oneLine(entry.text, 500)}`.trimEnd();

const remarkLine =
  ({ now }: RenderOptions) =>
  ({ author, text, url, at }: Remark): string =>
    `${clock(at, now)}  @${oneLine(author, 50)}: ${oneLine(text, 200)}  ${oneLine(url, 200)}`;
