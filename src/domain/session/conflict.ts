import { z } from 'zod';
import { Question } from './turn.ts';

/** A conflict that is being resolved: see workflows/session/branch/conflict.ts. */
export const Conflict = z.object({
  /** The step that has the conflict. */
  activity: z.string(),
  resolved: z.boolean(),
  agentReport: z.string(),
  agentMayTry: z.boolean(),
  /** What the agent is told while it resolves the conflict; null when it does not. */
  turnContext: z.array(z.string()).nullable(),
  /** The agent's question about the conflict. */
  agentQuestion: Question.nullable(),
});
export type Conflict = z.infer<typeof Conflict>;
