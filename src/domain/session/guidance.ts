import { z } from 'zod';

/**
 * - `answer`: words for the agent, or to try again what failed
 * - `approve`: the plan may be carried out
 * - `resolved`: the person has put the worktree right by hand
 * - `attempt`: words for the agent that is to resolve a conflict
 * - `retry`: what failed may be tried again
 */
export const GuidanceAction = z.enum(['answer', 'approve', 'resolved', 'attempt', 'retry']);
export type GuidanceAction = z.infer<typeof GuidanceAction>;

/** As much as a person types or pipes in; beyond it the guidance belongs in the issue. In characters. */
export const MAX_GUIDANCE = 64_000;

const text = z.string().max(MAX_GUIDANCE, `has more than ${MAX_GUIDANCE} characters`);

/** A tool, or a use of one, in the agent's own words: `WebFetch`, `Bash(npm test:*)`. */
export const ToolRule = z
  .string()
  .regex(/^[^\s,\p{Cc}-][^,\p{Cc}]{0,199}$/u, 'is no tool: expected one such as Bash(npm test:*)');

/** US dollars that a session may spend beyond its limits. */
export const Raise = z.number().nonnegative().max(100_000);

/**
 * What a person tells a session: a plain string, or `{text, action, allow, budget, interrupt, relayed, option, about}` and nothing else.
 * The plain form keeps `temporal workflow signal --input '"Use sliding expiration"'` working.
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
    /** Whether a turn under way is stopped for it. */
    interrupt: z.boolean().default(false),
    /** Whether the model of a chat passed it on, which may have put the person's words in its own. */
    relayed: z.boolean().default(false),
    /** The number of an option of its question, from 1. */
    option: z.int().min(1).max(99).optional(),
    /** The question that it answers, as the person saw it: it is refused when another one is open by now. */
    about: z.string().max(10_000).optional(),
  }),
]);
/** As it was sent. */
export type SentGuidance = z.output<typeof Guidance>;
/** As a session takes it: an option has become what it stands for. */
export type Guidance = Omit<SentGuidance, 'option' | 'about'>;

/** Whether it raises the budget and says nothing else. */
export const isOnlyRaise = ({ text, action, allow, budget }: Guidance): boolean =>
  budget > 0 && text === '' && action === 'answer' && allow.length === 0;

/** Whether a turn under way is stopped, so that the agent hears of it now. */
export const isUrgent = ({ interrupt, action }: Guidance): boolean =>
  interrupt && action === 'answer';

/** As it may be said, unread. */
export type GuidanceInput = z.input<typeof Guidance>;
