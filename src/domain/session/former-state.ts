import { z } from 'zod';
import { NO_TOKENS, Tokens } from './budget.ts';
import { FailedOutcome } from './failed-outcome.ts';
import { Guidance } from './guidance.ts';
import { excerptOf } from './received-guidance.ts';
import { TurnEntry } from './session.ts';
import { Reply } from './turn.ts';
import { NO_TURNS } from './turn-log.ts';

/** What states had before guidance was one list and costs were sums over turns. */
const FormerState = z.looseObject({
  conversation: z.string(),
  hasConversation: z.boolean(),
  conversationAdapter: z.string().default(''),
  turns: z.array(TurnEntry),
  earlier: z.looseObject({ attempts: z.number().default(0) }).prefault({}),
  costUsd: z.number(),
  tokens: Tokens.default(NO_TOKENS),
  unpriced: Tokens.default(NO_TOKENS),
  guidance: z.array(z.object({ text: z.string(), action: z.string(), receivedAt: z.string() })),
  pendingGuidance: z.array(Guidance),
  nudged: z.boolean().default(false),
  corrected: z.boolean().default(false),
  lastFailure: FailedOutcome.nullable().default(null),
  planText: z.string(),
  planned: z.boolean().default(false),
  budgetTopUp: z.number().default(0),
  ignoreUsageLimit: z.boolean().default(false),
  turnsAsked: z.number().default(0),
  postponed: z.unknown().default(null),
  summary: z.string(),
  tests: z.string(),
  replies: z.array(Reply).default([]),
  said: z.string().default(''),
  described: z.string(),
  branchUpdatedFor: z.string(),
  replaced: z.number().nullable().default(null),
  stack: z.array(z.unknown()),
});

/** A state in the present shape, whichever of the known shapes it had; what is none of them stays as it is. */
export const inPresentShape = (carried: unknown): unknown => withPresentNames(inParts(carried));

/** What had another name: where it stands, its former name, and its present one. */
const RENAMED: readonly (readonly [where: readonly string[], former: string, now: string])[] = [
  [[], 'pendingNews', 'pendingNotices'],
  [['next'], 'words', 'context'],
  [['asking'], 'told', 'notified'],
  [['feedback', 'asked'], 'words', 'turnContext'],
  [['feedback', 'asked'], 'attempts', 'runAttempts'],
  [['feedback', 'examined'], 'attempts', 'runAttempts'],
  [['feedback', 'examined'], 'theirs', 'pushedByOthers'],
  [['feedback', 'examined'], 'mended', 'fixedOnBase'],
  [['feedback'], 'asked', 'askedChecks'],
  [['feedback'], 'heard', 'seen'],
  [['feedback'], 'answering', 'awaitingReply'],
  [['feedback'], 'settling', 'checkTiming'],
  [['conflict'], 'said', 'agentReport'],
  [['conflict'], 'attempting', 'turnContext'],
  [['conflict'], 'asked', 'agentQuestion'],
  [['conflict'], 'mayAttempt', 'agentMayTry'],
  [['asking'], 'before', 'guidanceBefore'],
  [[], 'asking', 'openQuestion'],
  [['earlier'], 'attempts', 'counted'],
  [['registration', 'settings', 'policy'], 'attempts', 'turnLimits'],
  [['registration', 'settings', 'pullRequests'], 'standBack', 'yieldTo'],
];

/** A copy with the names of today, and without the status, which follows from the rest. */
function withPresentNames(carried: unknown): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(carried ?? null));
  for (const [where, former, now] of RENAMED) {
    const part = where.reduce((inner, key) => recordOf(inner)?.[key], copy);
    const record = recordOf(part);
    if (!record || !(former in record)) continue;
    record[now] ??= record[former];
    delete record[former];
  }
  const { status, ...state } = recordOf(copy) ?? {};
  return status === undefined
    ? copy
    : { ready: status === 'complete', cancelled: status === 'cancelled', ...state };
}

const recordOf = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;

/** A state whose guidance is one list, and whose costs are sums over turns. */
function inParts(carried: unknown): unknown {
  const former = FormerState.safeParse(carried);
  if (!former.success) return carried;
  const { hasConversation, conversationAdapter, pendingGuidance, ...state } = former.data;
  const { costUsd, tokens, unpriced, nudged, corrected, lastFailure, ...others } = state;
  const { budgetTopUp, ignoreUsageLimit, turnsAsked, postponed, ...more } = others;
  const { planText, planned, summary, tests, replies, said: lastSaid, ...parts } = more;
  const { described, branchUpdatedFor, replaced, stack, ...rest } = parts;
  const listed = (turns: readonly TurnEntry[]) => ({
    costUsd: turns.reduce((sum, turn) => sum + (turn.costUsd ?? 0), 0),
    input: turns.reduce((sum, turn) => sum + (turn.tokens?.input ?? 0), 0),
    output: turns.reduce((sum, turn) => sum + (turn.tokens?.output ?? 0), 0),
  });
  const known = listed(rest.turns);
  const knownUnpriced = listed(rest.turns.filter((turn) => turn.costUsd === null));
  return {
    ...rest,
    conversation: hasConversation ? { id: rest.conversation, adapter: conversationAdapter } : null,
    earlier: {
      ...{ ...NO_TURNS, counted: rest.earlier.attempts },
      ...rest.earlier,
      costUsd: Math.max(0, costUsd - known.costUsd),
      tokens: less(tokens, known),
      unpriced: less(unpriced, knownUnpriced),
    },
    guidance: oneList(rest.guidance, pendingGuidance),
    failures: { last: lastFailure, nudged, corrected },
    plan: { text: planText, awaitsApproval: planned },
    limits: { budgetTopUp, ignoreUsageLimit, turnsAsked, postponed },
    report: { summary, tests, replies, said: lastSaid },
    publication: { described, branchUpdatedFor, replaced, stack },
  };
}

const less = (all: Tokens, known: Tokens): Tokens => ({
  input: Math.max(0, all.input - known.input),
  output: Math.max(0, all.output - known.output),
});

/** Guidance that waited stood in both lists. */
function oneList(
  all: readonly { text: string; action: string; receivedAt: string }[],
  pending: readonly Guidance[],
): unknown[] {
  const delivered = [...all];
  const waiting = pending.map((guidance) => {
    const index = delivered.findLastIndex(({ text }) => text === excerptOf(guidance));
    const [one] = index < 0 ? [] : delivered.splice(index, 1);
    const receivedAt = one?.receivedAt ?? all.at(-1)?.receivedAt ?? '';
    return { ...guidance, receivedAt, deliveredAt: null };
  });
  const past = delivered.map((one) => ({
    ...one,
    ...{ allow: [], budget: 0, interrupt: false, relayed: false, deliveredAt: one.receivedAt },
  }));
  return [...past, ...waiting];
}
