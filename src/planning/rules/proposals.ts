import { z } from 'zod';
import { IssueNumber } from '../../domain/shared/issue.ts';
import { oneLine } from '../../domain/shared/text.ts';
import type { Order } from './order.ts';
import type { Overlap } from './overlap.ts';

const Why = z.string().trim().min(1).max(1_000);

const MOST = 1_000;

/** What an agent that has read the issues and the code proposes about a plan. */
export const Proposals = z.object({
  orders: z
    .array(
      z.object({
        issue: IssueNumber,
        after: IssueNumber.describe('The issue that must be finished before it'),
        why: Why.describe('What of the code or the issues shows it, in one sentence'),
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
  cautions: z
    .array(z.object({ issue: IssueNumber, why: Why.describe('What a person should decide') }))
    .max(MOST)
    .default([])
    .describe('A person should see the plan of an issue before code is written'),
});
export type Proposals = z.infer<typeof Proposals>;

export const NO_PROPOSALS: Proposals = { orders: [], overlaps: [], cautions: [] };

/** A proposal that is not taken. */
export interface Dropped {
  /** The issues it is about. */
  readonly issues: readonly number[];
  /** What it was and why it is not taken, in one line. */
  readonly text: string;
}

/** Adds the agent's orders to what is known already; none may turn that round. @returns those that would */
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

/** Overlaps that were measured, and the agent's; the surer of two about one pair counts. */
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
    else if (score >= weak && score > (pairs.get(keyOf({ a, b }))?.score ?? 0)) {
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

/** The agent's cautions about an issue, one line each. */
export const cautionsOf = ({ cautions }: Proposals, issue: number): string[] =>
  cautions
    .filter((caution) => caution.issue === issue)
    .map(({ why }) => `the agent warns: ${oneLine(why, 500)}`);
