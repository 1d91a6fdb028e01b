import { z } from 'zod';

/**
 * - `answer`: words for the agent, or to try again what failed
 * - `approve`: the plan may be carried out
 * - `resolved`: the person has put the worktree right by hand
 */
export const GuidanceAction = z.enum(['answer', 'approve', 'resolved']);
export type GuidanceAction = z.infer<typeof GuidanceAction>;

/** As much as a person types or pipes in; beyond it the guidance belongs in the issue. In characters. */
export const MAX_GUIDANCE = 64_000;

const text = z.string().max(MAX_GUIDANCE);

/**
 * What a person tells a session: a plain string, or `{text, action}`. The plain form keeps
 * `temporal workflow signal --input '"Use sliding expiration"'` working.
 */
export const Guidance = z.union([
  text.transform((plain) => ({ text: plain, action: 'answer' as const })),
  z.object({ text: text.default(''), action: GuidanceAction.default('answer') }),
]);
export type Guidance = z.output<typeof Guidance>;
export type GuidanceInput = z.input<typeof Guidance>;
