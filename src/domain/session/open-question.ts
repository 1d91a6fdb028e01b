import { z } from 'zod';
import { Question } from './turn.ts';

/** What a session carries of its question from one execution to the next. */

/**
 * - `ask`: guidance that the agent has not had answers it, and stays for its next turn
 * - `decide`: the same, of a question of the agent's: question and answer are told in the pull request
 * - `consult`: only what comes `before` so many pieces of guidance waited answers it, and is taken
 */
export const OpenQuestion = z.object({
  how: z.enum(['ask', 'askForAgent', 'askOperator']),
  decision: z.string(),
  guidanceBefore: z.number().int(),
  /** Whether the person was told of it. */
  notified: z.boolean(),
});
export type OpenQuestion = z.infer<typeof OpenQuestion>;

/** A conflict that somebody is at: see workflows/conflict.ts. */
export const Conflict = z.object({
  /** The step that met it. */
  activity: z.string(),
  resolved: z.boolean(),
  agentReport: z.string(),
  agentMayTry: z.boolean(),
  /** What the agent is told of it while it resolves it; null when it does not. */
  turnContext: z.array(z.string()).nullable(),
  /** What the agent asks meanwhile. */
  agentQuestion: Question.nullable(),
});
export type Conflict = z.infer<typeof Conflict>;
