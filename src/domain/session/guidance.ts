import { z } from 'zod';

/**
 * - `answer`: a text for the agent, or an order to retry a failed step
 * - `approve`: approves the plan
 * - `resolved`: the person has resolved a conflict in the worktree by hand
 * - `attempt`: the agent resolves a conflict, with this text
 * - `retry`: the failed step is tried again
 */
export const GuidanceAction = z.enum(['answer', 'approve', 'resolved', 'attempt', 'retry']);
export type GuidanceAction = z.infer<typeof GuidanceAction>;

/** The longest guidance, in characters. A longer text belongs in the issue. */
export const MAX_GUIDANCE = 64_000;

const text = z.string().max(MAX_GUIDANCE, `has more than ${MAX_GUIDANCE} characters`);

/** A tool, or one use of it, in the agent's own syntax: `WebFetch`, `Bash(npm test:*)`. */
export const ToolRule = z
  .string()
  .regex(/^[^\s,\p{Cc}-][^,\p{Cc}]{0,199}$/u, 'is no tool: expected one such as Bash(npm test:*)');

/** US dollars to add to a session's limits. */
export const Raise = z.number().nonnegative().max(100_000);

/**
 * Guidance for a session: a plain string, or an object with `text, action, allow, budget, interrupt, relayed, option, about`.
 * The plain form makes `temporal workflow signal --input '"Use sliding expiration"'` possible.
 */
export const Guidance = z.union([
  text.transform((plain) => ({
    text: plain,
    action: 'answer' as const,
    allow: [] as string[],
    budget: 0,
    interrupt: false,
    relayed: false,
    option: undefined as number | undefined,
    about: undefined as string | undefined,
  })),
  z.strictObject({
    text: text.default(''),
    action: GuidanceAction.default('answer'),
    allow: z.array(ToolRule).max(50).default([]),
    budget: Raise.default(0),
    /** Whether it interrupts a running turn. */
    interrupt: z.boolean().default(false),
    /** Whether the model of a chat passed it on, which may have put the person's words in its own. */
    relayed: z.boolean().default(false),
    /** The number of an option of the session's question, from 1. */
    option: z.int().min(1).max(99).optional(),
    /** The text of the question that it answers. It is refused when another question is open. */
    about: z.string().max(10_000).optional(),
  }),
]);
/** Guidance as the person sent it. */
export type SentGuidance = z.output<typeof Guidance>;
/** Guidance as a session accepts it. The option is replaced by its effect. */
export type Guidance = Omit<SentGuidance, 'option' | 'about'>;

/** Whether it only raises the budget. */
export const isOnlyRaise = ({ text, action, allow, budget }: Guidance): boolean =>
  budget > 0 && text === '' && action === 'answer' && allow.length === 0;

/** Whether it interrupts a running turn, so that the agent gets it now. */
export const isUrgent = ({ interrupt, action }: Guidance): boolean =>
  interrupt && action === 'answer';

/** Guidance before it is validated. */
export type GuidanceInput = z.input<typeof Guidance>;
