import { isChosen, type Judging, judge } from './judge.ts';
import type { After } from './plan-file/plan-file.ts';
import { sensitiveAreas } from './rules/cautions.ts';
import type { Codemap } from './rules/codemap.ts';
import { type LikelyFile, likelyFiles } from './rules/likely-files.ts';
import { likenessOf } from './rules/likeness.ts';
import { mentionsOf, withoutCommonWords } from './rules/mentions.ts';
import { Order, sourceText } from './rules/order.ts';
import { type Forecast, type Overlap, overlaps, slightOverlaps } from './rules/overlap.ts';
import {
  addOrders,
  cautionsOf,
  type Dropped,
  readinessOfAgent,
  withAgentFiles,
  withProposed,
} from './rules/proposals.ts';
import type { Readiness } from './rules/readiness.ts';
import {
  type Capacity,
  type Recommendation,
  recommendConcurrency,
} from './rules/recommendation.ts';
import type { Dependency, SurveyedIssue } from './rules/survey.ts';
import { waves } from './rules/waves.ts';
import { leadingOut, type Unkept } from './unkept.ts';

/** The repository's files and history, at the commit that sessions start from. */
export interface Codebase {
  readonly map: Codemap;
  /** Finds the files that contain each word. */
  containing(words: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Finds the texts that are in a line of a file. */
  quoted(texts: readonly string[]): Promise<ReadonlySet<string>>;
}

interface DraftIssue {
  readonly issue: number;
  readonly title: string;
  readonly readiness: Readiness;
  readonly after: readonly After[];
  /** Reasons why a person should approve its plan, one line each. */
  readonly cautions: readonly string[];
  readonly notes: readonly string[];
  /** The files that it will probably change, the most probable first. */
  readonly files: readonly LikelyFile[];
  /** Issues of higher numbers that it may overlap with, though too slightly to be told of, with the probability. */
  readonly slightOverlaps: ReadonlyMap<number, number>;
}

/** The plan that Coppice proposes, with reasons. */
export interface Draft {
  /** The issues to run, in waves. */
  readonly issues: readonly DraftIssue[];
  readonly waves: readonly (readonly number[])[];
  readonly leftOut: readonly DraftIssue[];
  /**
   * Likely overlaps of issues without an order between them, the strongest first. They do not create an
   * order.
   */
  readonly overlaps: readonly Overlap[];
  readonly concurrency: Recommendation;
  /** Doubtful orders of issues that have no other order. A person may confirm them. */
  readonly doubtful: readonly Dependency[];
  /** Orders that were found and are not kept. */
  readonly unkept: readonly Unkept[];
  /** Proposals of an agent that are not taken. */
  readonly dropped: readonly Dropped[];
  /** The circle of the order, if there is one. Then there are no waves. */
  readonly cycle: string | undefined;
}

export interface DraftRequest extends Judging {
  readonly forecast: Forecast;
  readonly capacity: Omit<Capacity, 'width'>;
  /** Doubtful orders that the person confirmed. */
  readonly confirmed: readonly Dependency[];
  /** Pairs that the person wants to run one after the other. */
  readonly separated: readonly Overlap[];
  /** Proposals of the agent that were dropped because they had no evidence. */
  readonly unproven?: readonly Dropped[];
}

/**
 * Predicts the files that each issue will probably change.
 * @param repository as `owner/name`
 */
export async function predict(
  survey: { readonly issues: readonly Pick<SurveyedIssue, 'number' | 'title' | 'body'>[] },
  { map, containing }: Omit<Codebase, 'quoted'>,
  repository: string,
): Promise<Forecast> {
  const named = withoutCommonWords(survey.issues.map(mentionsOf), repository);
  const mentions = survey.issues.flatMap((issue, at) => {
    const own = named[at];
    return own ? [{ issue, named: own }] : [];
  });
  const symbols = new Set(mentions.flatMap(({ named }) => named.symbols));
  const found = await containing([...symbols]);
  return {
    files: new Map(
      mentions.map(({ issue, named }) => [issue.number, likelyFiles(named, map, found)]),
    ),
    alike: likenessOf(new Map(mentions.map(({ issue, named }) => [issue.number, named]))),
  };
}

export function draftPlan(request: DraftRequest): Draft {
  const { survey, settings, capacity, proposals, forecast } = request;
  const likely = withAgentFiles(forecast.files, proposals);
  const readiness = judge(request);
  const issues = new Map(survey.issues.map((issue) => [issue.number, issue]));
  const chosen = survey.issues.filter(({ number }) => isChosen(number, readiness, request));
  const order = new Order(chosen.map(({ number }) => number));
  for (const dependency of [...request.confirmed, ...survey.dependencies]) order.add(dependency);
  const unkept = [...leadingOut(survey), ...order.breakCycles().map(inCircle)];
  const cycle = order.cycle();
  const among = new Map(chosen.map(({ number }) => [number, likely.get(number) ?? []]));
  const { weak, strong } = settings.overlap;
  const measured = overlaps(among, { weak: 0, strong });
  const strongEnough = measured.filter(({ score }) => score >= weak);
  const proposed = withProposed(strongEnough, proposals, { has: order.has, ...settings.overlap });
  const dropped = [...(request.unproven ?? []), ...proposed.dropped];
  if (cycle === undefined) {
    order.separate(request.separated, issues);
    dropped.push(...addOrders(proposals, order));
  }
  const numbers = new Map(
    chosen.map(({ number }) => [number, order.after(number).map(({ issue }) => issue)]),
  );
  const told = proposed.overlaps.filter(({ a, b }) => !order.isOrdered(a, b));
  const judged = new Set(
    [
      ...proposed.overlaps.map(({ a, b }) => [a, b]),
      ...proposals.overlaps.map(({ issues: pair }) => pair),
    ].map((pair) => pair.toSorted((a, b) => a - b).join(' ')),
  );
  const slight = slightOverlaps([...among.keys()], measured, forecast.alike, {
    weak,
    isTold: (a, b) => judged.has(`${a} ${b}`) || order.isOrdered(a, b),
  });
  const doubtful = survey.doubtful.filter(
    ({ of, issue }) =>
      of !== issue && order.has(of) && order.has(issue) && !order.isOrdered(of, issue),
  );
  const toldOf = new Map<number, Overlap[]>();
  for (const pair of told)
    for (const number of [pair.a, pair.b]) {
      const own = toldOf.get(number);
      if (own) own.push(pair);
      else toldOf.set(number, [pair]);
    }
  const inWaves =
    cycle === undefined
      ? waves([...numbers].map(([issue, after]) => ({ issue, after })))
      : [chosen.map(({ number }) => number)];
  const describe = (number: number): DraftIssue[] => {
    const issue = issues.get(number);
    const state = readiness.get(number);
    if (!issue || !state) return [];
    const agent = readinessOfAgent(proposals, number);
    const areas = sensitiveAreas(issue, likely.get(number) ?? [], settings);
    return [
      {
        issue: number,
        title: issue.title,
        readiness: state,
        after: order.after(number),
        cautions: [
          ...(state.state === 'needs discussion'
            ? state.reasons.map((reason) => `needs discussion: ${reason}`)
            : []),
          ...areas.map((area) => `touches ${area}`),
          ...cautionsOf(proposals, number),
        ],
        notes: [
          ...state.notes,
          ...agent.notes,
          ...unkept.filter(({ issue: of }) => of === number).map(({ text }) => text),
          ...doubtful.filter(({ of }) => of === number).map(doubtText),
          ...(toldOf.get(number) ?? []).slice(0, MOST_NOTES).map(noteFor(number)),
          ...dropped.filter(({ issues: about }) => about.includes(number)).map(({ text }) => text),
        ],
        files: likely.get(number) ?? [],
        slightOverlaps: slight.get(number) ?? new Map(),
      },
    ];
  };
  const width = Math.max(1, ...inWaves.map((wave) => wave.length));
  return {
    issues: inWaves.flat().flatMap(describe),
    waves: inWaves,
    leftOut: survey.issues
      .filter(({ number }) => !numbers.has(number))
      .flatMap(({ number }) => describe(number)),
    overlaps: told,
    doubtful,
    unkept,
    dropped,
    concurrency: recommendConcurrency({ ...capacity, width }),
    cycle,
  };
}

/** How many overlaps are shown to a person. */
export const MOST_TOLD = 10;
/** How many overlaps are noted for one issue. */
const MOST_NOTES = 3;

const inCircle = (dependency: Dependency): Unkept => ({
  issue: dependency.of,
  text: `#${dependency.of} after #${dependency.issue} (${sourceText(dependency)}): it would go in a circle`,
});

/** A doubtful order as text: `may come after #3: “Might depend on #3”`. */
export const doubtText = ({ issue, evidence }: Dependency): string =>
  `may come after #${issue}: “${evidence}”`;

const noteFor =
  (number: number) =>
  ({ a, b, score, evidence, apart }: Overlap): string =>
    `${apart ? 'will probably' : 'may'} overlap with #${a === number ? b : a} (${score}): ${evidence}`;
