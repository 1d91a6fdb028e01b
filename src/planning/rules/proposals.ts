import { z } from 'zod';
import { IssueNumber } from '../../domain/shared/issue.ts';
import { oneLine } from '../../domain/shared/text.ts';
import type { LikelyFile } from './likely-files.ts';
import type { Order } from './order.ts';
import type { Likely, Overlap } from './overlap.ts';

const Why = z.string().trim().min(1).max(1_000);

/** A quote, copied exactly. An agent that only guesses has none. */
const Quote = z.string().trim().max(500).default('');

const MOST = 1_000;

/** What an agent proposes for a plan after it has read the issues and the code. */
export const Proposals = z.object({
  orders: z
    .array(
      z.object({
        issue: IssueNumber,
        after: IssueNumber.describe('The issue that must be finished before it'),
        why: Why.describe('What of the code or the issues shows it, in one sentence'),
        quote: Quote.describe('The words of an issue, or a line of the code, that show it'),
      }),
    )
    .max(MOST)
    .default([])
    .describe('One issue needs the work of another'),
  overlaps: z
    .array(
      z.object({
        issues: z.tuple([IssueNumber, IssueNumber]),
        score: z.number().min(0).max(1).describe('Probability that both change a file in common'),
        why: Why.describe('The files, and what each issue would change in them'),
      }),
    )
    .max(MOST)
    .default([])
    .describe('Two issues will probably change the same files'),
  files: z
    .array(
      z.object({
        issue: IssueNumber,
        path: z
          .string()
          .min(1)
          .max(300)
          .describe('An existing file, from the top of the repository'),
        probability: z.number().min(0).max(1).describe('That work on the issue changes it'),
        quote: Quote.describe('The words of the issue, or a line of the file, that show it'),
      }),
    )
    .max(MOST)
    .default([])
    .describe('The files that each issue will change, or will not, against what its words suggest'),
  readiness: z
    .array(
      z.object({
        issue: IssueNumber,
        state: z.enum(['ready', 'needs discussion']),
        why: Why.describe('What is undecided, or why it is decided'),
      }),
    )
    .max(MOST)
    .default([])
    .describe('Whether an issue says what is to be done'),
  cautions: z
    .array(z.object({ issue: IssueNumber, why: Why.describe('What a person should decide') }))
    .max(MOST)
    .default([])
    .describe('A person should see the plan of an issue before code is written'),
});
export type Proposals = z.infer<typeof Proposals>;

export const NO_PROPOSALS: Proposals = Proposals.parse({});

/** A proposal that is not used. */
export interface Dropped {
  /** The issues that it concerns. */
  readonly issues: readonly number[];
  /** The proposal, and why it is not used, in one line. */
  readonly text: string;
}

/**
 * Adds the agent's orders to the known ones. An order that contradicts a known one is not added.
 * @returns the orders that were not added
 */
export function addOrders({ orders }: Proposals, order: Order): Dropped[] {
  return orders.flatMap(({ issue, after, why }) => {
    const drop = (reason: string): Dropped => ({
      issues: [issue, after],
      text: `the agent proposed #${issue} after #${after} (${oneLine(why, 200)}); not taken: ${reason}`,
    });
    if (issue === after) return drop('an issue can’t come after itself');
    const stranger = [issue, after].find((number) => !order.has(number));
    if (stranger !== undefined) return drop(`#${stranger} is not in the plan`);
    if (order.comesAfter(after, issue)) return drop(`#${after} comes after #${issue}`);
    order.add({ of: issue, issue: after, source: 'agent', evidence: oneLine(why, 500) });
    return [];
  });
}

/** Combines computed overlaps with those of the agent. The agent's score replaces the computed one. */
export function withProposed(
  measured: readonly Overlap[],
  { overlaps }: Proposals,
  {
    has,
    weak,
    strong,
  }: { has(issue: number): boolean; readonly weak: number; readonly strong: number },
): { readonly overlaps: Overlap[]; readonly dropped: Dropped[] } {
  const pairs = new Map(measured.map((overlap) => [keyOf(overlap), overlap]));
  const dropped: Dropped[] = [];
  for (const { issues, score, why } of overlaps) {
    const [a, b] = issues.toSorted((x, y) => x - y) as [number, number];
    const reason = a === b ? 'that is one issue' : unknown(issues, has);
    if (reason !== undefined)
      dropped.push({ issues, text: `the agent saw #${a} and #${b} overlap; not taken: ${reason}` });
    else if (score < weak) pairs.delete(keyOf({ a, b }));
    else {
      const evidence = `the agent says: ${oneLine(why, 500)}`;
      pairs.set(keyOf({ a, b }), {
        ...{ a, b, score, evidence, files: [], apart: score >= strong },
        source: 'agent',
      });
    }
  }
  const sorted = [...pairs.values()].sort((x, y) => y.score - x.score || x.a - y.a || x.b - y.b);
  return { overlaps: sorted, dropped };
}

const keyOf = ({ a, b }: Pick<Overlap, 'a' | 'b'>): string => `${a} ${b}`;

const unknown = (
  issues: readonly number[],
  has: (issue: number) => boolean,
): string | undefined => {
  const stranger = issues.find((issue) => !has(issue));
  return stranger === undefined ? undefined : `#${stranger} is not in the plan`;
};

/** Likely files. For a file that the agent names, the agent's probability is used. */
export function withAgentFiles(likely: Likely, { files }: Proposals): Likely {
  const named = Map.groupBy(files, ({ issue }) => issue);
  return new Map(
    [...likely].map(([issue, known]) => {
      const own = named.get(issue) ?? [];
      const said = new Set(own.map(({ path }) => path));
      const all = [
        ...known.filter(({ path }) => !said.has(path)),
        ...own.map(({ path, probability, quote }): LikelyFile => {
          const why = `the agent says: “${oneLine(quote, 100)}”`;
          return { path, weight: probability, why, basis: 'text' };
        }),
      ];
      return [issue, all.sort((a, b) => b.weight - a.weight)];
    }),
  );
}

/**
 * What the agent says about an issue's readiness. It can only add doubts. If it says that an issue is ready,
 * that is only a note, because only a person can overrule the rules.
 */
export const readinessOfAgent = (
  { readiness }: Proposals,
  issue: number,
): { readonly doubts: string[]; readonly notes: string[] } => {
  const own = readiness.filter((one) => one.issue === issue);
  const inWords = ({ why }: { why: string }) => oneLine(why, 500);
  return {
    doubts: own
      .filter(({ state }) => state === 'needs discussion')
      .map((one) => `the agent says: ${inWords(one)}`),
    notes: own
      .filter(({ state }) => state === 'ready')
      .map((one) => `the agent says it is ready: ${inWords(one)}`),
  };
};

/** The agent's cautions about an issue, one line each. */
export const cautionsOf = ({ cautions }: Proposals, issue: number): string[] =>
  cautions
    .filter((caution) => caution.issue === issue)
    .map(({ why }) => `the agent warns: ${oneLine(why, 500)}`);
