import { withDefaults } from '../../../src/domain/session/options.ts';
import type { ReportedOutcome } from '../../../src/domain/session/turn.ts';
import { expand, type Step } from './script.ts';

type StepTo<What> = Extract<Step, { readonly do: What }>;

export interface ReportContext {
  /** The latest guidance. */
  readonly answer: string;
  /** Ids of the points of feedback it was given. */
  readonly points: readonly string[];
}

/** What it reports when it asks. */
export const stuckReport = ({
  do: _,
  options = [],
  context = '',
  ...question
}: StepTo<'ask'>): ReportedOutcome => ({
  ...question,
  kind: 'stuck',
  options: withDefaults(options),
  context,
});

/** What it reports when it is done. */
export function doneReport(
  { do: _, summary, reply, ...done }: StepTo<'done'>,
  { answer, points }: ReportContext,
): ReportedOutcome {
  const outcome = { ...done, kind: 'done' as const, summary: expand(summary, answer) };
  if (reply === undefined) return outcome;
  return { ...outcome, replies: points.map((to) => ({ to, text: reply })) };
}
