import { z } from 'zod';
import { shorten } from './bounds.ts';
import { Tokens } from './budget.ts';
import { AgentOption, onlyOneRecommended, QuestionOption, withDefaults } from './options.ts';

const short = z.string().trim().min(1).max(2_000);
const optionalShort = z.string().trim().max(2_000);

/** The longest outcome file or structured output that is read, in bytes; an honest one is a few hundred. */
export const MAX_OUTCOME_BYTES = 64 * 1024;

/** A question the agent can't settle, in the seed's three parts. */
export const StuckContext = z.object({
  decision: short.describe('The decision needed, as one question a person can answer'),
  options: z
    .array(AgentOption)
    .max(10)
    .default([])
    .transform(onlyOneRecommended)
    .describe('The options considered, which the person chooses from by number'),
  context: optionalShort.default('').describe('What a person must know to decide'),
});
export type StuckContext = z.infer<typeof StuckContext>;

/** What Coppice itself tells with a question, in characters at the most: a conflict with both its sides fits in. */
export const MAX_CONTEXT = 10_000;

/** A question to a person. Only Coppice itself can ask for an approval: an agent's word about that counts for nothing. */
export const Question = StuckContext.extend({
  options: z.array(QuestionOption).max(10).default([]),
  context: z.string().max(MAX_CONTEXT).default(''),
  asksFor: z.enum(['guidance', 'approval', 'resolution', 'budget', 'retry']).default('guidance'),
});
export type Question = z.infer<typeof Question>;
/**
 * What kind of answer a question wants: one of its options or words, an approval, a conflict resolved (or words about it),
 * more money, or that a failed step is tried again.
 */
export type AsksFor = Question['asksFor'];
export type QuestionInput = z.input<typeof Question>;

/** A question in full, however briefly it was put. */
export const questionInFull = ({
  decision,
  options = [],
  context = '',
  asksFor = 'guidance',
}: QuestionInput): Question => ({ decision, options: withDefaults(options), context, asksFor });

/** What the agent says to one point of feedback, by the point's id. */
export const Reply = z.object({ to: short, text: short });
export type Reply = z.infer<typeof Reply>;

/** What an agent may say of its own turn, as structured output or in `.coppice/outcome.json`. */
export const ReportedOutcome = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('done'),
    summary: short.describe('What was done, for the pull request'),
    tests: optionalShort.optional().describe('How it was tested'),
    replies: z
      .array(Reply)
      .max(200)
      .optional()
      .describe('After feedback: for each point, by its id, what was changed or why not'),
  }),
  StuckContext.extend({ kind: z.literal('stuck') }),
]);
export type ReportedOutcome = z.infer<typeof ReportedOutcome>;

/** How a turn ended. `invalid` is an exit without a valid report: it gets one nudge. */
export const Outcome = z.discriminatedUnion('kind', [
  ReportedOutcome.options[0],
  /** Coppice itself may offer more than an agent can. */
  StuckContext.extend({ kind: z.literal('stuck'), options: z.array(QuestionOption).max(10) }),
  z.object({
    kind: z.literal('usage-limited'),
    /** ISO 8601; absent when the agent did not say. */
    until: z.iso.datetime({ offset: true }).optional(),
    /** Whose limit it is, in words for a person. */
    account: z.string().optional(),
  }),
  /** The model can't be reached, or has too much to do. */
  z.object({ kind: z.literal('unavailable'), reason: z.string() }),
  /** It was stopped, or stopped by itself, when it had spent what it may. */
  z.object({ kind: z.literal('over-budget') }),
  /** A person wanted it to hear something now. */
  z.object({ kind: z.literal('interrupted') }),
  z.object({ kind: z.literal('failed'), reason: z.string(), tail: z.string() }),
  z.object({ kind: z.literal('invalid'), problem: z.string(), tail: z.string() }),
]);
export type Outcome = z.infer<typeof Outcome>;

/** An outcome without more text than anybody reads; what an agent reported is short already. */
export function shortOutcome(outcome: Outcome): Outcome {
  switch (outcome.kind) {
    case 'unavailable':
      return { ...outcome, reason: shorten(outcome.reason, MAX_CONTEXT) };
    case 'failed':
      return {
        ...{ ...outcome, reason: shorten(outcome.reason, MAX_CONTEXT) },
        tail: outcome.tail.slice(-MAX_CONTEXT).toWellFormed(),
      };
    case 'invalid':
      return {
        ...{ ...outcome, problem: shorten(outcome.problem, MAX_CONTEXT) },
        tail: outcome.tail.slice(-MAX_CONTEXT).toWellFormed(),
      };
    default:
      return outcome;
  }
}

/** Why a turn is started; each has its own section in the prompt. */
export const TurnKind = z.enum(['plan', 'implement', 'guidance', 'nudge', 'feedback', 'resolve']);
export type TurnKind = z.infer<typeof TurnKind>;

/** A turn that is to be taken. */
export const NextTurn = z.object({
  kind: TurnKind,
  /** What the agent is told in it besides guidance. */
  context: z.string(),
  /** The issue was edited since the agent read it. */
  rereadIssue: z.boolean().optional(),
});
export type NextTurn = z.infer<typeof NextTurn>;

/** A turn for whatever guidance there is then. */
export const GUIDANCE_TURN: Readonly<NextTurn> = { kind: 'guidance', context: '' };

/** A turn that carries out the issue, or the plan. */
export const IMPLEMENT_TURN: Readonly<NextTurn> = { kind: 'implement', context: '' };

export const DiffStat = z.object({
  files: z.number().int().nonnegative(),
  insertions: z.number().int().nonnegative(),
  deletions: z.number().int().nonnegative(),
});
export type DiffStat = z.infer<typeof DiffStat>;

/** Paths that a run is told of one session. */
export const MOST_CHANGED = 50;

/** What git says of a worktree, whatever the agent claims. */
export const Work = z.object({
  /** The branch checked out; null when HEAD is detached. */
  branch: z.string().nullable(),
  head: z.string(),
  /** Commits ahead of the tip the session is based on. */
  commits: z.number().int().nonnegative(),
  /** Files changed but not committed, those git ignores left out. */
  uncommitted: z.number().int().nonnegative(),
  /** Everything since the base, committed or not. */
  diff: DiffStat,
  /** Paths of the files changed since the base, the first of very many; one with an odd or very long name is left out. */
  changed: z.array(z.string().min(1).max(300)).max(MOST_CHANGED).optional(),
});
export type Work = z.infer<typeof Work>;

/** What a turn under way tells with its heartbeats. */
export const TurnHeartbeat = z.object({
  /** One line of what the agent does. */
  activity: z.string(),
  journalBytes: z.number().int().nonnegative(),
  /** Absent until it was measured. */
  diff: DiffStat.optional(),
  /** ISO 8601. */
  at: z.string(),
});
export type TurnHeartbeat = z.infer<typeof TurnHeartbeat>;

/** What a turn leaves in workflow history: references and short summaries, never transcripts. */
export const TurnResult = z.object({
  outcome: Outcome,
  /** The agent's own id of the conversation; absent when the agent has none. */
  conversation: z.string().optional(),
  /** Whether the conversation has begun: then it is resumed, else started. */
  begun: z.boolean().default(true),
  /** Whether the agent has answered to what the turn told it, by anything it said or did. */
  responded: z.boolean().default(true),
  /** US dollars this turn added; absent when the agent reports none. */
  costUsd: z.number().nonnegative().optional(),
  tokens: Tokens.optional(),
  /** Tools the agent asked for and was refused. */
  denials: z.array(z.string()),
  /** Agent processes it took: 1 unless something was killed, 0 when none was started because of a usage limit. */
  attempts: z.number().int().nonnegative(),
  durationMs: z.number().nonnegative(),
  work: Work,
});
export type TurnResult = z.infer<typeof TurnResult>;

/** An agent that ends without a usable outcome after it was refused a tool asks for it. */
export function askingForTools(outcome: Outcome, denials: readonly string[]): Outcome {
  if (outcome.kind !== 'invalid' || denials.length === 0) return outcome;
  const named = [...new Set(denials)];
  return {
    kind: 'stuck',
    decision: `May the agent use ${named.slice(0, 5).join(', ')}?`.slice(0, 2_000),
    options: withDefaults([
      { label: 'allow it for this session', effect: 'allow', tool: ruleFor(named[0] ?? '') },
      { label: 'tell it how to do without', effect: 'say' },
    ]),
    context: `It was refused: ${named.join(', ')}. It ended its turn so: ${outcome.problem}`.slice(
      0,
      2_000,
    ),
  };
}

/** A permission rule for what was refused: of a command its first word, of any other tool all. */
const ruleFor = (denial: string): string =>
  denial.replace(/^Bash\((\S+).*\)$/s, 'Bash($1:*)').replace(/^(?!Bash)(\w+)\(.*\)$/s, '$1');

/**
 * Holds what the agent claims against what git says: `done` counts only with commits on the session's own branch that change
 * something, and nothing left uncommitted. Everything else is returned as it is.
 */
export function verified(outcome: Outcome, work: Work, branch: string): Outcome {
  if (outcome.kind !== 'done') return outcome;
  const invalid = (problem: string): Outcome => ({
    kind: 'invalid',
    problem,
    tail: outcome.summary,
  });
  if (work.branch !== branch)
    return invalid(`said done with ${work.branch ?? 'no branch'} checked out instead of ${branch}`);
  if (work.commits === 0) return invalid('said done without a commit');
  if (work.uncommitted > 0)
    return invalid(
      `said done with ${work.uncommitted} uncommitted file(s): commit or discard them`,
    );
  if (work.diff.files === 0) return invalid('said done with commits that change nothing');
  return outcome;
}
