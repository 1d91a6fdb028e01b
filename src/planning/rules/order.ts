import { findCycle } from '../../domain/run/plan.ts';
import type { After } from '../plan-file/plan-file.ts';
import type { Overlap } from './overlap.ts';
import type { Dependency, SurveyedIssue } from './survey.ts';
import { comesAfter } from './waves.ts';

/** The order of a plan as it grows: what comes after what, and where that comes from. */
export class Order {
  readonly #after = new Map<number, After[]>();

  constructor(issues: Iterable<number>) {
    for (const issue of issues) this.#after.set(issue, []);
  }

  has = (issue: number): boolean => this.#after.has(issue);

  /** Whether `issue` comes after `earlier`, directly or by way of others. */
  comesAfter = (issue: number, earlier: number): boolean =>
    comesAfter(this.#numbers(), issue, earlier);

  after = (issue: number): readonly After[] => this.#after.get(issue) ?? [];

  /** The first to say so stays the source. An issue outside the plan, or the issue itself, is no order. */
  add({ of, ...edge }: Dependency): void {
    const edges = this.#after.get(of);
    if (!edges || of === edge.issue || !this.#after.has(edge.issue)) return;
    if (!edges.some(({ issue }) => issue === edge.issue)) edges.push(edge);
  }

  /** A cycle, as one line that names each step's source; undefined when there is none. */
  cycle(): string | undefined {
    const cycle = findCycle([...this.#numbers()].map(([issue, after]) => ({ issue, after })));
    if (!cycle) return undefined;
    const steps = cycle.slice(1).map((number, index) => {
      const edge = this.after(cycle[index] ?? 0).find(({ issue }) => issue === number);
      return `#${cycle[index]} after #${number} (${edge && sourceInWords(edge)})`;
    });
    return `dependencies go in a circle: ${steps.join(', ')}`;
  }

  /** Puts each pair that has no order yet in one; those that follow from others are left out again. */
  separate(
    pairs: readonly Overlap[],
    issues: ReadonlyMap<number, SurveyedIssue>,
    person = false,
  ): void {
    const added: { of: number; edge: After }[] = [];
    for (const { a, b, evidence, score, source } of pairs) {
      const numbers = this.#numbers();
      if (comesAfter(numbers, a, b) || comesAfter(numbers, b, a)) continue;
      const [first, second] =
        isRefactoring(issues.get(b)) && !isRefactoring(issues.get(a)) ? [b, a] : [a, b];
      const edge: After = {
        issue: first,
        source: person ? 'person' : (source ?? 'overlap'),
        evidence: `${person || source ? 'overlap ' : ''}${score}: ${evidence}`,
      };
      this.#after.get(second)?.push(edge);
      added.push({ of: second, edge });
    }
    for (const { of, edge } of added) {
      const edges = this.#after.get(of) ?? [];
      const others = edges.filter((other) => other !== edge);
      this.#after.set(of, others);
      if (!comesAfter(this.#numbers(), of, edge.issue)) this.#after.set(of, edges);
    }
  }

  #numbers(): Map<number, number[]> {
    return new Map(
      [...this.#after].map(([issue, edges]) => [issue, edges.map((edge) => edge.issue)]),
    );
  }
}

const SOURCES: Readonly<Record<After['source'], string>> = {
  person: 'your word',
  native: 'blocked by it on GitHub',
  'sub-issue': 'it is a sub-issue',
  'task-list': 'a task in its list',
  text: 'text',
  overlap: 'likely overlap',
  agent: 'the agent proposes it',
};

/** `text: “Depends on #126”` */
export const sourceInWords = ({ source, evidence }: Pick<After, 'source' | 'evidence'>): string =>
  `${SOURCES[source]}${evidence === undefined ? '' : `: ${source === 'text' ? `“${evidence}”` : evidence}`}`;

/** What moves code around goes first: everything after it would conflict. */
const REFACTORING =
  /\b(refactor|rename|restructur|reorgani[sz]|extract|split up|move|clean ?up|rewrite)/i;

const isRefactoring = (issue: SurveyedIssue | undefined): boolean =>
  issue !== undefined && [issue.title, ...issue.labels].some((text) => REFACTORING.test(text));
