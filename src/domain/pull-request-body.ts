import { z } from 'zod';
import { withoutComments } from './own-part.ts';
import { Underlay } from './session.ts';
import { StackRow, stackTable } from './stack-table.ts';
import { oneLine } from './text.ts';

/** A question of the agent's, and what a person said to it. */
export const Decision = z.object({ decision: z.string(), guidance: z.string() });
export type Decision = z.infer<typeof Decision>;

/** What a pull request's body tells. */
export const BodyParts = z.object({
  summary: z.string(),
  /** How it was tested; empty when nobody said. */
  tests: z.string(),
  decisions: z.array(Decision),
  onTopOf: Underlay.nullable(),
  /** Empty when the session is in no stack. */
  stack: z.array(StackRow),
});
export type BodyParts = z.infer<typeof BodyParts>;

/** How much of a decision, or of the guidance that settled it, is shown, in characters. */
const SHOWN = 500;

/** Coppice's part of a pull request's body, in Markdown. `Closes` takes effect when it is merged into the default branch. */
export function pullRequestBody(
  issue: number,
  { summary, tests, decisions, onTopOf, stack }: BodyParts,
): string {
  const sections = [withoutComments(summary), `Closes #${issue}`];
  const add = (title: string, ...text: string[]) =>
    sections.push([`### ${title}`, ...text].join('\n\n'));
  if (tests !== '') add('How it was tested', withoutComments(tests));
  if (decisions.length > 0) add('Decisions', decisions.map(decisionLine).join('\n'));
  const below = onTopOf
    ? [`On top of #${onTopOf.issue} (${onTopOf.pullRequestUrl}); review and merge that one first.`]
    : [];
  const table = stack.length > 0 ? [stackTable(stack, issue)] : [];
  if (below.length + table.length > 0) add('Stack', ...below, ...table);
  return sections.join('\n\n');
}

const decisionLine = ({ decision, guidance }: Decision): string =>
  `- ${withoutComments(oneLine(decision, SHOWN))}\n  > ${withoutComments(oneLine(guidance, SHOWN))}`;
