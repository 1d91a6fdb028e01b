import { allBefore, findCycle, type Graph } from '../../domain/shared/graph.ts';
import type { After } from '../plan-file/plan-file.ts';
import type { Overlap } from './overlap.ts';
import type { Dependency, SurveyedIssue } from './survey.ts';

/** The order of a plan while it is made: which issue comes after which, and where each order comes from. */
export class Order {
  readonly #after = new Map<number, After[]>();
  #graph: Graph | undefined;
  /**
   * All issues before an issue, directly or indirectly. It is computed when it is first needed after a
   * change.
   */
  readonly #before = new Map<number, ReadonlySet<number>>();

  constructor(issues: Iterable<number>) {
    for (const issue of issues) this.#after.set(issue, []);
  }

  has = (issue: number): boolean => this.#after.has(issue);

  /** Whether `issue` comes after `earlier`, directly or indirectly. */
  comesAfter = (issue: number, earlier: number): boolean => this.#allBefore(issue).has(earlier);

  isOrdered = (a: number, b: number): boolean => this.comesAfter(a, b) || this.comesAfter(b, a);

  after = (issue: number): readonly After[] => this.#after.get(issue) ?? [];

  /**
   * Adds an order. If it exists already, its source stays. An order with an issue outside the plan, or of an
   * issue with itself, is ignored.
   */
  add({ of, ...edge }: Dependency): void {
    const edges = this.#after.get(of);
    if (!edges || of === edge.issue || !this.#after.has(edge.issue)) return;
    if (edges.some(({ issue }) => issue === edge.issue)) return;
    edges.push(edge);
    this.#changed();
  }

  /** A cycle, as one line that names each step's source; undefined when there is none. */
  cycle(): string | undefined {
    const cycle = findCycle(this.#asGraph());
    if (!cycle) return undefined;
    const steps = cycle.slice(1).map((number, index) => {
      const edge = this.after(cycle[index] ?? 0).find(({ issue }) => issue === number);
      return `#${cycle[index]} after #${number} (${edge && sourceText(edge)})`;
    });
    return `dependencies go in a circle: ${steps.join(', ')}`;
  }

  /** Removes the weakest edge that only a text gave from each cycle. A cycle of other edges stays. @returns the removed edges */
  breakCycles(): Dependency[] {
    const dropped: Dependency[] = [];
    for (;;) {
      const cycle = findCycle(this.#asGraph()) ?? [];
      const [weakest] = cycle
        .slice(1)
        .flatMap((number, index) => {
          const of = cycle[index] ?? 0;
          const edge = this.after(of).find(({ issue }) => issue === number);
          return edge && strengthOf(edge) < Number.POSITIVE_INFINITY ? [{ of, edge }] : [];
        })
        // Of equally weak ones, the order of the newest issue is removed, because its author could have known
        // the others.
        .sort((a, b) => strengthOf(a.edge) - strengthOf(b.edge) || b.of - a.of);
      if (!weakest) return dropped;
      const { of, edge } = weakest;
      this.#after.set(
        of,
        this.after(of).filter((other) => other !== edge),
      );
      this.#changed();
      dropped.push({ of, ...edge });
    }
  }

  /** Gives an order to each pair that a person wants to run one after the other, if it has none. */
  separate(
    pairs: readonly Omit<Overlap, 'files' | 'apart'>[],
    issues: ReadonlyMap<number, SurveyedIssue>,
  ): void {
    for (const { a, b, evidence, score } of pairs) {
      if (this.isOrdered(a, b)) continue;
      const [first, second] =
        isRefactoring(issues.get(b)) && !isRefactoring(issues.get(a)) ? [b, a] : [a, b];
      const words = `overlap ${score}: ${evidence}`;
      this.add({ of: second, issue: first, source: 'person', evidence: words });
    }
  }

  #allBefore(issue: number): ReadonlySet<number> {
    const known = this.#before.get(issue);
    if (known) return known;
    const found = new Set(allBefore(this.#asGraph(), issue));
    this.#before.set(issue, found);
    return found;
  }

  #asGraph(): Graph {
    this.#graph ??= new Map(
      [...this.#after].map(([issue, edges]) => [issue, edges.map((edge) => edge.issue)]),
    );
    return this.#graph;
  }

  #changed(): void {
    this.#graph = undefined;
    this.#before.clear();
  }
}

/** Words that can only mean an order. */
const EXPLICIT = /\b(?:depends? on|blocked (?:by|on)|requires?|prerequisites?|blocks)\b/i;
/** Evidence from the text of another issue. */
const BY_ANOTHER = /^#\d+: /;

/**
 * How strong an order is. The weakest one of a cycle is dropped. Only an order from a text can be dropped.
 */
function strengthOf({ source, evidence = '' }: After): number {
  if (source === 'task-list') return 3;
  if (source !== 'text') return Number.POSITIVE_INFINITY;
  return (EXPLICIT.test(evidence) ? 2 : 1) - (BY_ANOTHER.test(evidence) ? 0.5 : 0);
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

/** The source of an order as text: `text: “Depends on #126”`. */
export const sourceText = ({ source, evidence }: Pick<After, 'source' | 'evidence'>): string =>
  `${SOURCES[source]}${evidence === undefined ? '' : `: ${source === 'text' ? `“${evidence}”` : evidence}`}`;

/** An issue that moves code around goes first, because everything else would conflict with it. */
const REFACTORING =
  /^[^\w]*(?:\w+(?:\([^)]*\))?!?:\s*)?(?:refactor|rename|restructure|reorgani[sz]e|extract|split(?: up)?|move|clean ?up|rewrite)\b|^refactor(?:\([^)]*\))?!?:/i;
/** Words that show that such a title is about a fault: "Rename dialog crashes". */
const COMPLAINT =
  /\b(?:crash|fail|break|brok|hang|freez|los[est]|throw|error|bug|wrong|slow|missing|ignor|misalign|typo|is|are|does|do|did|has|cannot|can['’]?t|doesn['’]?t|should|not)\w*\b/i;
const REFACTORING_LABEL =
  /^(?:[\w :/-]*\b)?(?:refactor(?:ing)?|clean-?up|tech(?:nical)?[ -]debt)$/i;

const isRefactoring = (issue: SurveyedIssue | undefined): boolean =>
  issue !== undefined &&
  (issue.labels.some((label) => REFACTORING_LABEL.test(label)) ||
    (REFACTORING.test(issue.title) && !COMPLAINT.test(issue.title)));
