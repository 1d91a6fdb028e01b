import type { ChalkInstance } from 'chalk';
import { oneLine } from '../../domain/shared/text.ts';
import { type Draft, doubtText, MOST_TOLD } from '../../planning/draft.ts';
import type { PlanFile } from '../../planning/plan-file/plan-file.ts';
import { table } from './session.ts';

interface RenderOptions {
  readonly columns: number;
  readonly color: ChalkInstance;
  /** Whether long lists are shown whole. */
  readonly all: boolean;
}

/** Lines of a list, unless all are asked for. */
const MOST_LINES = 20;

/** A plan for a person: a table in waves, the order drawn, and what else there is to know. */
export function renderDraft(draft: Draft, plan: PlanFile, options: RenderOptions): string {
  const { color } = options;
  const titles = new Map(
    [...draft.issues, ...draft.leftOut].map(({ issue, title }) => [issue, title]),
  );
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [[color.bold(title), ...lines.map((line) => `  ${line}`)].join('\n')];
  const cautions = plan.issues.flatMap(({ issue, caution }) =>
    caution === undefined ? [] : [`#${issue} ${caution}`],
  );
  const overlaps = (apart: boolean) =>
    draft.overlaps
      .filter((overlap) => overlap.apart === apart)
      .map(({ a, b, score, evidence }) => `#${a} and #${b} (${score}): ${evidence}`);
  const found = plan.issues.flatMap(({ issue, after }) =>
    after
      .filter(({ evidence }) => evidence !== undefined)
      .map((edge) => `#${issue} after #${edge.issue}: ${edge.source}, ${edge.evidence}`),
  );
  const shown = (lines: readonly string[], most = MOST_LINES) => {
    const more = options.all ? 0 : Math.max(0, lines.length - most);
    return [
      ...lines.slice(0, lines.length - more).map((line) => oneLine(line, 300)),
      ...(more > 0 ? [`and ${more} more: --all`] : []),
    ];
  };
  return [
    `${color.bold(`Plan for ${plan.repository}`)}: ${count(plan.issues.length, 'issue')} in ${count(draft.waves.length, 'wave')}, ${count(plan.workers, 'worker')}`,
    planTable(draft, plan, options),
    ...section('Order', drawOrder(draft, plan, options.columns - 2)),
    ...section('Why', shown(found)),
    ...section('Need your approval after planning', shown(cautions)),
    ...section(
      'May depend on each other, but run in parallel',
      shown(draft.doubtful.map((doubt) => `#${doubt.of} ${doubtText(doubt)}`)),
    ),
    ...section('Will probably overlap, and wait for each other', shown(overlaps(true))),
    ...section('May overlap, but run in parallel', shown(overlaps(false), MOST_TOLD)),
    ...section('Orders not kept', shown(draft.unkept.map(({ text }) => text))),
    ...section('Notes', shown(notesOf(draft))),
    ...section(
      'Proposed by the agent and not accepted',
      shown(draft.dropped.map(({ text }) => text)),
    ),
    ...section(
      'Left out',
      shown(
        plan.leftOut.map(
          ({ issue, reason }) => `#${issue} ${oneLine(titles.get(issue) ?? '', 60)}: ${reason}`,
        ),
      ),
    ),
    ...section('Workers', [
      plan.workers === draft.concurrency.value
        ? `${plan.workers}: ${draft.concurrency.reason}`
        : `${plan.workers}, your choice; proposed were ${draft.concurrency.value}: ${draft.concurrency.reason}`,
    ]),
  ].join('\n\n');
}

function planTable(draft: Draft, plan: PlanFile, { columns }: RenderOptions): string {
  const issues = new Map(draft.issues.map((issue) => [issue.issue, issue]));
  const entries = new Map(plan.issues.map((entry) => [entry.issue, entry]));
  const rows = draft.waves.flatMap((wave, index) =>
    wave.map((number, location) => {
      const after = entries.get(number)?.after ?? [];
      return [
        location === 0 ? String(index + 1) : '',
        `#${number}`,
        issues.get(number)?.readiness.state ?? '',
        after.map(({ issue, source }) => `#${issue} (${source})`).join(', '),
        entries.get(number)?.caution === undefined ? '' : 'approval',
        issues.get(number)?.title ?? '',
      ];
    }),
  );
  return table([['wave', 'issue', 'readiness', 'after', 'stops for', 'title'], ...rows], columns);
}

/** The order as trees: an issue stands below the last of those it comes after. */
function drawOrder({ issues, waves }: Draft, plan: PlanFile, columns: number): string[] {
  const depth = new Map(waves.flatMap((wave, index) => wave.map((number) => [number, index])));
  const titles = new Map(issues.map(({ issue, title }) => [issue, title]));
  const children = new Map<number | undefined, { issue: number; others: number[] }[]>();
  for (const { issue, after } of plan.issues) {
    const [parent, ...others] = after
      .map((edge) => edge.issue)
      .sort((a, b) => (depth.get(b) ?? 0) - (depth.get(a) ?? 0) || a - b);
    children.set(parent, [...(children.get(parent) ?? []), { issue, others }]);
  }
  const lines: string[] = [];
  const draw = (parent: number | undefined, indent: string) => {
    const below = children.get(parent) ?? [];
    for (const [index, { issue, others }] of below.entries()) {
      const last = index === below.length - 1;
      const branch = parent === undefined ? '' : last ? '└─ ' : '├─ ';
      const also =
        others.length === 0 ? '' : ` (also after ${others.map((n) => `#${n}`).join(', ')})`;
      lines.push(
        oneLine(titles.get(issue) ?? '', Math.max(20, columns - indent.length - 14 - also.length))
          .replace(/^/, `${indent}${branch}#${issue} `)
          .concat(also),
      );
      draw(issue, parent === undefined ? '' : `${indent}${last ? '   ' : '│  '}`);
    }
  };
  draw(undefined, '');
  return plan.issues.some(({ after }) => after.length > 0) ? lines : [];
}

/** The plan as a Mermaid graph: arrows are the order, dotted lines likely overlaps. */
export function renderMermaid({ issues, overlaps }: Draft, plan: PlanFile): string {
  const text = (title: string) =>
    oneLine(title, 60).replace(/["#<>&`\\]/g, (character) => `#${character.codePointAt(0)};`);
  const titles = new Map(issues.map(({ issue, title }) => [issue, title]));
  return [
    'graph LR',
    ...plan.issues.map(
      ({ issue }) => `  i${issue}["#35;${issue} ${text(titles.get(issue) ?? '')}"]`,
    ),
    ...plan.issues.flatMap(({ issue, after }) =>
      after.map((edge) => `  i${edge.issue} -->|${edge.source}| i${issue}`),
    ),
    ...overlaps.slice(0, MOST_TOLD).map(({ a, b, score }) => `  i${a} -.-|${score}| i${b}`),
  ].join('\n');
}

const count = (number: number, name: string): string =>
  `${number} ${name}${number === 1 ? '' : 's'}`;

/** What could be better, each with the issues that it holds for. */
function notesOf({ issues }: Draft): string[] {
  const holding = new Map<string, number[]>();
  for (const { issue, readiness } of issues)
    for (const note of readiness.notes) holding.set(note, [...(holding.get(note) ?? []), issue]);
  return [...holding].map(
    ([note, all]) => `${note}: ${all.map((issue) => `#${issue}`).join(', ')}`,
  );
}
