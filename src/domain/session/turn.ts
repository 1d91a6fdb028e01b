import { z } from 'zod';
import { shorten } from './bounds.ts';
import { Tokens } from './budget.ts';
import { AgentOption, onlyOneRecommended, QuestionOption, withDefaults } from './options.ts';

const short = z.string().trim().min(1).max(2_000);
const optionalShort = z.string().trim().max(2_000);

/** The longest outcome file or structured output that is read, in bytes. An honest one has a few hundred. */
export const MAX_OUTCOME_BYTES = 64 * 1024;

/** A question that the agent can't decide: the decision needed, the options, and the context. */
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

/** The longest context of Coppice's own questions, in characters. A conflict with both its sides fits in. */
export const MAX_CONTEXT = 10_000;

/** A question to a person. Only Coppice itself can ask for an approval; an agent can't. */
export const Question = StuckContext.extend({
  options: z.array(QuestionOption).max(10).default([]),
  context: z.string().max(MAX_CONTEXT).default(''),
  asksFor: z.enum(['guidance', 'approval', 'resolution', 'budget', 'retry']).default('guidance'),
});
export type Question = z.infer<typeof Question>;
/**
 * The kind of answer that a question needs: an option or a text, an approval, a resolved conflict (or a text about it),
 * more money, or the order to retry a failed step.
 */
export type AsksFor = Question['asksFor'];
export type QuestionInput = z.input<typeof Question>;

/** The question with defaults for the parts that it lacks. */
export const questionInFull = ({
  decision,
  options = [],
  context = '',
  asksFor = 'guidance',
}: QuestionInput): Question => ({ decision, options: withDefaults(options), context, asksFor });

/** The agent's reply to one point of feedback, which is named by its id. */
export const Reply = z.object({ to: short, text: short });
export type Reply = z.infer<typeof Reply>;

/** The outcome that an agent may report, as structured output or in `.coppice/outcome.json`. */
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

/** How a turn ended. `invalid` is an exit without a valid report; the agent is then asked once more. */
export const Outcome = z.discriminatedUnion('kind', [
  ReportedOutcome.options[0],
  /** Coppice's own questions may have options that an agent's can't have. */
  StuckContext.extend({ kind: z.literal('stuck'), options: z.array(QuestionOption).max(10) }),
  z.object({
    kind: z.literal('usage-limited'),
    /** ISO 8601; absent when the agent did not say. */
    until: z.iso.datetime({ offset: true }).optional(),
    /** The account that has the limit, as text for a person. */
    account: z.string().optional(),
  }),
  /** The model can't be reached, or is overloaded. */
  z.object({ kind: z.literal('unavailable'), reason: z.string() }),
  /** The turn ended at its cost limit. */
  z.object({ kind: z.literal('over-budget') }),
  /** A person interrupted the turn. */
  z.object({ kind: z.literal('interrupted') }),
  z.object({ kind: z.literal('failed'), reason: z.string(), tail: z.string() }),
  z.object({ kind: z.literal('invalid'), problem: z.string(), tail: z.string() }),
]);
export type Outcome = z.infer<typeof Outcome>;

/** The outcome with long texts shortened. An agent's report is short already. */
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

/** Why a turn is started. Each kind has a section of its own in the prompt. */
export const TurnKind = z.enum(['plan', 'implement', 'guidance', 'nudge', 'feedback', 'resolve']);
export type TurnKind = z.infer<typeof TurnKind>;

/** The next turn. */
export const NextTurn = z.object({
  kind: TurnKind,
  /** Text for the agent besides guidance. */
  context: z.string(),
  /** Whether the issue must be read again, because it was edited. */
  rereadIssue: z.boolean().optional(),
});
export type NextTurn = z.infer<typeof NextTurn>;

/** A turn for the guidance that waits when it begins. */
export const GUIDANCE_TURN: Readonly<NextTurn> = { kind: 'guidance', context: '' };

/** A turn that implements the issue, or the plan. */
export const IMPLEMENT_TURN: Readonly<NextTurn> = { kind: 'implement', context: '' };

export const DiffStat = z.object({
  files: z.number().int().nonnegative(),
  insertions: z.number().int().nonnegative(),
  deletions: z.number().int().nonnegative(),
});
export type DiffStat = z.infer<typeof DiffStat>;

/** How many changed files a session reports to its run. */
export const MOST_CHANGED = 50;

/** The work in a worktree, as git reports it. The agent's claims do not count. */
export const Work = z.object({
  /** The branch checked out; null when HEAD is detached. */
  branch: z.string().nullable(),
  head: z.string(),
  /** Commits ahead of the tip the session is based on. */
  commits: z.number().int().nonnegative(),
  /** How many files have uncommitted changes, without those that git ignores. */
  uncommitted: z.number().int().nonnegative(),
  /** All changes since the base, committed or not. */
  diff: DiffStat,
  /** Paths of the files changed since the base. Of very many, these are the first; a path with an odd or very long name is left out. */
  changed: z.array(z.string().min(1).max(300)).max(MOST_CHANGED).optional(),
});
export type Work = z.infer<typeof Work>;

/** The progress of a running turn, in its heartbeats. */
export const TurnHeartbeat = z.object({
  /** What the agent does, in one line. */
  activity: z.string(),
  journalBytes: z.number().int().nonnegative(),
  /** Absent until it is measured. */
  diff: DiffStat.optional(),
  /** ISO 8601. */
  at: z.string(),
});
export type TurnHeartbeat = z.infer<typeof TurnHeartbeat>;

/** A turn's result in workflow history. It has references and short summaries, but no transcript. */
export const TurnResult = z.object({
  outcome: Outcome,
  /** The agent's own id of the conversation; absent when the agent has none. */
  conversation: z.string().optional(),
  /** Whether the conversation has begun. If so, the next turn resumes it; otherwise it starts one. */
  begun: z.boolean().default(true),
  /** Whether the agent has said or done anything in the turn, so that it has read its prompt. */
  responded: z.boolean().default(true),
  /** The cost of this turn in US dollars; absent when the agent reports none. */
  costUsd: z.number().nonnegative().optional(),
  tokens: Tokens.optional(),
  /** Tools that the agent asked for and was refused. */
  denials: z.array(z.string()),
  /** How many agent processes the turn needed: 1 unless something was killed, 0 when a usage limit prevented the start. */
  attempts: z.number().int().nonnegative(),
  durationMs: z.number().nonnegative(),
  work: Work,
});
export type TurnResult = z.infer<typeof TurnResult>;

/** If an agent ends without a usable outcome after it was refused a tool, the session asks whether to allow that tool. */
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

/** A permission rule for a refused tool call: the first word of a command, or any other tool as a whole. */
const ruleFor = (denial: string): string =>
  denial.replace(/^Bash\((\S+).*\)$/s, 'Bash($1:*)').replace(/^(?!Bash)(\w+)\(.*\)$/s, '$1');

/**
 * Checks an outcome against git. `done` counts only with commits on the session's own branch that change something, and
 * without uncommitted changes. Any other outcome is returned as it is.
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
