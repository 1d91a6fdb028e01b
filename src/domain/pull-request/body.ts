import { z } from 'zod';
import { ParentBranch } from '../session/session.ts';
import { StackRow, stackTable } from './stack-table.ts';

/** A question of the agent's, and what a person said to it; in a body each is one line. */
export const Decision = z.object({ decision: z.string(), guidance: z.string() });
export type Decision = z.infer<typeof Decision>;

/** What a pull request's body tells. */
export const BodyParts = z.object({
  summary: z.string(),
  /** How it was tested; empty when nobody said. */
  tests: z.string(),
  decisions: z.array(Decision),
  /** What the agent set out to do; empty when nothing was planned. */
  plan: z.string().default(''),
  parent: ParentBranch.nullable(),
  /** The pull request that it takes the place of, closed by GitHub with its base branch. */
  replaces: z.number().optional(),
  /** What to know of the commits before they are merged; absent when there is nothing. */
  cautions: z.array(z.string()).optional(),
  /** Empty when the session is in no stack. */
  stack: z.array(StackRow),
});
export type BodyParts = z.infer<typeof BodyParts>;

/** How much of a decision, or of the guidance that settled it, is shown, in characters. */
export const SHOWN = 500;

/** Coppice's part of a pull request's body, in Markdown, of parts that are inert already. `Closes` takes effect when it is merged into the default branch. */
export function pullRequestBody(
  issue: number,
  { summary, tests, decisions, plan, parent, replaces, cautions = [], stack }: BodyParts,
): string {
  const sections = [summary, `Closes #${issue}`];
  if (replaces !== undefined)
    sections.push(`Takes the place of #${replaces}, which was closed with its base branch.`);
  const add = (title: string, ...text: string[]) =>
    sections.push([`### ${title}`, ...text].join('\n\n'));
  if (cautions.length > 0) add('Before you merge', cautions.map((one) => `- ${one}`).join('\n'));
  if (tests !== '') add('How it was tested', tests);
  if (decisions.length > 0) add('Decisions', decisions.map(decisionLine).join('\n'));
  const below = parent
    ? [`On top of #${parent.issue} (${parent.pullRequestUrl}); review and merge that one first.`]
    : [];
  const table = stack.length > 0 ? [stackTable(stack, issue)] : [];
  if (below.length + table.length > 0) add('Stack', ...below, ...table);
  // The longest, so the last: it may be cut.
  if (plan !== '') sections.push(`<details>\n<summary>Plan</summary>\n\n${plan}\n\n</details>`);
  return sections.join('\n\n');
}

const decisionLine = ({ decision, guidance }: Decision): string => `- ${decision}\n  > ${guidance}`;
