import type { z } from 'zod';
import { oneLine, plainLines } from '../shared/text.ts';
import { howToAnswer } from './answer-command.ts';
import { bytesOf } from './bounds.ts';
import { chooseOption } from './choose-option.ts';
import { Guidance, GuidanceAction } from './guidance.ts';
import type { AsksFor, Question } from './turn.ts';

/** The part of a session that decides which guidance it accepts. */
export interface GuidanceTarget {
  readonly issue: number;
  /** Its open question; null when nothing is asked. */
  readonly question: Question | null;
  /** The text that answered its last question; null when nothing did. */
  readonly answer: string | null;
  /** Why the session accepts no guidance any more; undefined when it does. */
  readonly closedReason: string | undefined;
  /** Guidance that waits for the agent's next turn. */
  readonly pending: readonly Guidance[];
  /** Tools that a person has allowed so far. */
  readonly allowed: readonly string[];
}

/** How much guidance can wait for one turn, and how many tools a person can allow. */
export const INBOX = { bytes: 512_000, pieces: 100, tools: 200 } as const;

/**
 * Decides whether a session accepts guidance.
 * @returns the guidance, or the reason for the person who sent it
 */
export function readGuidance(
  input: unknown,
  target: GuidanceTarget,
): { readonly guidance: Guidance } | { readonly problem: string } {
  const parsed = Guidance.safeParse(input);
  if (!parsed.success) return { problem: malformed(input) };
  if (target.closedReason !== undefined) return { problem: target.closedReason };
  const { about, option, ...words } = parsed.data;
  const sent = { ...words, text: plainLines(words.text).trim() };
  const chosen = chooseOption(sent, { about, option }, target);
  if ('problem' in chosen) return chosen;
  const { guidance } = chosen;
  const problem =
    emptiness(guidance) ??
    mismatch(guidance, target) ??
    beyondChat(guidance, target) ??
    excess(guidance, target);
  return problem === undefined ? { guidance } : { problem };
}

/** Whether guidance answers a question of this kind. Other guidance waits for the agent's next turn. */
export function isAnswer(asksFor: AsksFor, { text, action, allow }: Guidance): boolean {
  switch (asksFor) {
    case 'guidance':
      return text !== '' || allow.length > 0;
    case 'approval':
      return text !== '' || action === 'approve';
    case 'resolution':
      return text !== '' || action === 'resolved';
    case 'retry':
      return text !== '' || action === 'retry';
    case 'budget':
      return false;
  }
}

const FORM =
  'expected words, or an object of text, action, allow, budget, interrupt, option and about';

function malformed(input: unknown): string {
  if (typeof input === 'string') return problemOf(PLAIN, input);
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return `this is not guidance: ${FORM}`;
  const { action } = input as { action?: unknown };
  if (action !== undefined && !GuidanceAction.safeParse(action).success)
    return `there is no action ${oneLine(String(action), 50)}: expected answer, approve, resolved, attempt or retry`;
  return problemOf(OBJECT, input);
}

const [PLAIN, OBJECT] = Guidance.options;

/** The first problem, with its key. */
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

const NOT_ASKED = {
  approve: { asksFor: 'approval', problem: 'no plan waits for an approval' },
  resolved: { asksFor: 'resolution', problem: 'no conflict waits to be resolved' },
  attempt: { asksFor: 'resolution', problem: 'no conflict waits to be resolved' },
  retry: { asksFor: 'retry', problem: 'no failed step waits to be tried again' },
} as const;

function mismatch({ action }: Guidance, { issue, question }: GuidanceTarget): string | undefined {
  if (action === 'answer') return undefined;
  const { asksFor, problem } = NOT_ASKED[action];
  if (question?.asksFor === asksFor) return undefined;
  return question ? `${problem}; ${howToAnswer(issue, question)}` : problem;
}

/**
 * A chat's model reads what strangers wrote, so a chat can't allow a tool, raise a budget, or say that the person resolved
 * a conflict.
 */
function beyondChat(
  { relayed, allow, budget, action }: Guidance,
  { issue }: GuidanceTarget,
): string | undefined {
  return relayed && (allow.length > 0 || budget > 0 || action === 'resolved')
    ? `a chat can't do this for you: coppice show ${issue} shows the command for your terminal`
    : undefined;
}

function excess(guidance: Guidance, { pending, allowed }: GuidanceTarget): string | undefined {
  const bytes = [...pending, guidance].reduce((sum, { text }) => sum + bytesOf(text), 0);
  if (pending.length >= INBOX.pieces || bytes > INBOX.bytes)
    return `its inbox is full: ${pending.length} pieces of guidance already wait for its next turn; send this one after that turn`;
  if (new Set([...allowed, ...guidance.allow]).size > INBOX.tools)
    return `it may use ${allowed.length} more tools already, and no more than ${INBOX.tools} can be allowed`;
  return undefined;
}
