import { z } from 'zod';
import { oneLine, plainLines } from '../shared/text.ts';
import { bytesOf } from './bounds.ts';
import { Guidance, GuidanceAction } from './guidance.ts';
import type { AsksFor } from './turn.ts';

/** What was sent to a session and not taken: shown to the person, for it may have come without an answer. */
export const Refusal = z.object({
  /** ISO 8601. */
  at: z.string(),
  /** What was sent, the beginning of it. */
  what: z.string(),
  reason: z.string(),
});
export type Refusal = z.infer<typeof Refusal>;

const MAX_REFUSALS = 20;

/** Notes what was not taken; the latest are kept. */
export function noteRefusal(
  refused: Refusal[],
  { what, reason, at }: { what: unknown; reason: string; at: string },
): void {
  const written = typeof what === 'string' ? what : (JSON.stringify(what) ?? String(what));
  refused.push({ at, what: oneLine(written, 200), reason: oneLine(reason, 500) });
  refused.splice(0, refused.length - MAX_REFUSALS);
}

/** As much of a session as decides what it can be told. */
export interface Told {
  /** What its open question asks for; null when nothing is asked. */
  readonly asksFor: AsksFor | null;
  /** Why nothing more can be told, if so. */
  readonly over: string | undefined;
  /** Guidance that was taken, and not given to the agent yet. */
  readonly pending: readonly Guidance[];
  /** Tools that a person has allowed so far. */
  readonly allowed: readonly string[];
}

/** As much guidance as waits for one turn: no more bytes, pieces, or tools allowed. */
export const INBOX = { bytes: 512_000, pieces: 100, tools: 200 } as const;

/** Reads guidance. @returns it, or why it can't be taken, in words for the person who sent it */
export function readGuidance(
  input: unknown,
  told: Told,
): { readonly guidance: Guidance } | { readonly problem: string } {
  const parsed = Guidance.safeParse(input);
  if (!parsed.success) return { problem: malformed(input) };
  const guidance = { ...parsed.data, text: plainLines(parsed.data.text).trim() };
  const problem =
    told.over ?? emptiness(guidance) ?? mismatch(guidance, told.asksFor) ?? excess(guidance, told);
  return problem === undefined ? { guidance } : { problem };
}

/** Whether guidance answers a question that asks for this; what does not waits for the agent's next turn. */
export function isAnswer(asksFor: AsksFor, { text, action, allow }: Guidance): boolean {
  switch (asksFor) {
    case 'guidance':
      return text !== '' || allow.length > 0;
    case 'approval':
      return text !== '' || action === 'approve';
    case 'resolution':
      return text !== '' || action === 'resolved';
    case 'budget':
      return false;
  }
}

const FORM = 'expected words, or an object of text, action, allow, budget and interrupt';

function malformed(input: unknown): string {
  if (typeof input === 'string') return problemOf(PLAIN, input);
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return `this is not guidance: ${FORM}`;
  const { action } = input as { action?: unknown };
  if (action !== undefined && !GuidanceAction.safeParse(action).success)
    return `there is no action ${oneLine(String(action), 50)}: expected answer, approve, resolved or attempt`;
  return problemOf(OBJECT, input);
}

const [PLAIN, OBJECT] = Guidance.options;

/** The first thing that is wrong, with the key it is about. */
function problemOf(schema: z.ZodType, input: unknown): string {
  const [issue] = schema.safeParse(input).error?.issues ?? [];
  if (!issue) return `this is not guidance: ${FORM}`;
  const key = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  if (issue.code === 'unrecognized_keys')
    return `it has no ${issue.keys.map((one) => oneLine(one, 50)).join(', ')}: ${FORM}`;
  return `${key}${issue.message}`;
}

const emptiness = ({ text, action, allow, budget }: Guidance): string | undefined =>
  text === '' && (action === 'answer' || action === 'attempt') && allow.length === 0 && budget === 0
    ? 'it is empty: say what to do'
    : undefined;

const ASKS: Readonly<Record<AsksFor, string>> = {
  guidance: 'its question needs an answer in words',
  approval: 'it asks you to approve its plan: approve it, or say what to change',
  resolution: 'it asks about a conflict: say what to keep, or that it is resolved',
  budget: 'it asks for a higher budget: raise it with --budget',
};

function mismatch({ action }: Guidance, asksFor: AsksFor | null): string | undefined {
  if (action === 'approve' && asksFor !== 'approval')
    return `no plan waits for an approval${asksFor ? `; ${ASKS[asksFor]}` : ''}`;
  if ((action === 'resolved' || action === 'attempt') && asksFor !== 'resolution')
    return `no conflict waits to be resolved${asksFor ? `; ${ASKS[asksFor]}` : ''}`;
  return undefined;
}

function excess(guidance: Guidance, { pending, allowed }: Told): string | undefined {
  const bytes = [...pending, guidance].reduce((sum, { text }) => sum + bytesOf(text), 0);
  if (pending.length >= INBOX.pieces || bytes > INBOX.bytes)
    return `its inbox is full: ${pending.length} pieces of guidance already wait for its next turn; send this one after that turn`;
  if (new Set([...allowed, ...guidance.allow]).size > INBOX.tools)
    return `it may use ${allowed.length} more tools already, and no more than ${INBOX.tools} can be allowed`;
  return undefined;
}
