import { stringify } from 'yaml';
import { oneLine } from '../../domain/shared/text.ts';
import type { Draft } from '../draft.ts';
import type { PlanFile, PlanFileIssue } from './plan-file.ts';
import { PLAN_SCHEMA_URL } from './plan-schema.ts';

const HEADER = `# Read it, change it, run it: coppice run plan.yaml
#
# after    what the issue waits for, and where that was found; a bare number is your own word
# agent    which agent works on it, of those in coppice.yaml
# caution  the session stops after planning, for your approval; remove it to lift it
# notes    what was found; they change nothing
# files    what it will probably change, compared with what sessions change
# slightOverlaps  other issues that could change the same files, with how probable that is
# overlaps start as far from each other as can be; with apart never two at the same time
`;

/** The text of plan.yaml, with comments that explain the plan. The same plan always gives the same text. */
export function renderPlan(plan: PlanFile, { waves, issues, leftOut, concurrency }: Draft): string {
  const titles = new Map(
    [...issues, ...leftOut].map(({ issue, title }) => [issue, oneLine(title, 100)]),
  );
  const entries = new Map(plan.issues.map((entry) => [entry.issue, entry]));
  const entry = (number: number): string[] => {
    const found = entries.get(number);
    return found ? renderIssue(found, titles.get(number) ?? '') : [];
  };
  return [
    `# yaml-language-server: $schema=${PLAN_SCHEMA_URL}`,
    `# A plan of coppice for ${plan.repository}`,
    HEADER,
    `repository: ${scalar(plan.repository)}`,
    ...(plan.base === undefined ? [] : [`base: ${scalar(plan.base)}`]),
    plan.workers === concurrency.value
      ? `workers: ${plan.workers} # ${concurrency.reason}`
      : `workers: ${plan.workers} # your choice; proposed: ${concurrency.value}, since ${concurrency.reason}`,
    '',
    'issues:',
    ...waves.flatMap((wave, index) => [
      `  # Wave ${index + 1}${index === 0 ? ': may start at once' : ''}`,
      ...wave.flatMap(entry),
    ]),
    ...(plan.overlaps.length === 0
      ? []
      : ['', '# Issues that may change the same files; remove one to lift it', 'overlaps:']),
    ...plan.overlaps.map(
      ({ apart, ...overlap }) => `  - ${scalar({ ...overlap, ...(apart && { apart }) })}`,
    ),
    ...(plan.leftOut.length === 0
      ? []
      : ['', '# Not run; move one up to run it anyway', 'leftOut:']),
    ...plan.leftOut.flatMap(({ issue, reason }) => [
      `  - issue: ${issue}${comment(titles.get(issue) ?? '')}`,
      `    reason: ${scalar(reason)}`,
    ]),
    '',
  ].join('\n');
}

function renderIssue(
  { issue, after, caution, agent, files, slightOverlaps, notes }: PlanFileIssue,
  title: string,
): string[] {
  return [
    `  - issue: ${issue}${comment(title)}`,
    ...(after.length === 0 ? [] : ['    after:']),
    ...after.map(
      (edge) =>
        `      - ${edge.source === 'person' && edge.evidence === undefined ? edge.issue : scalar(edge)}`,
    ),
    ...(caution === undefined ? [] : [`    caution: ${scalar(caution)}`]),
    ...(agent === undefined ? [] : [`    agent: ${scalar(agent)}`]),
    ...(files === undefined ? [] : [`    files: ${scalar(files)}`]),
    ...(slightOverlaps === undefined
      ? []
      : [`    slightOverlaps: ${scalar(byNumber(slightOverlaps))}`]),
    ...(notes.length === 0 ? [] : ['    notes:']),
    ...notes.map((note) => `      - ${scalar(note)}`),
  ];
}

/** Keys that are numbers, which YAML then writes without quotes. */
const byNumber = (of: Readonly<Record<string, unknown>>) =>
  new Map(Object.entries(of).map(([number, value]) => [Number(number), value]));

const comment = (text: string): string => (text === '' ? '' : ` # ${text}`);

const scalar = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0, blockQuote: false }).trim();
