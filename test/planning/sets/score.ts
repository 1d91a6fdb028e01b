import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { RepositoryName } from '../../../src/domain/shared/repository.ts';
import { type Draft, draftPlan, predict } from '../../../src/planning/draft.ts';
import { surveyIssues } from '../../../src/planning/read/survey.ts';
import { Codemap } from '../../../src/planning/rules/codemap.ts';
import { NO_PROPOSALS } from '../../../src/planning/rules/proposals.ts';
import { PlanningSettings } from '../../../src/planning/rules/settings.ts';
import { listed, sourceOf } from '../../support/plan-of.ts';

const Readiness = z.enum(['ready', 'needs discussion', 'blocked']);

const IssueTexts = z.strictObject({
  repository: RepositoryName,
  /** The paths that matter, apart by blanks. */
  files: z.string(),
  /** What the texts refer to and the plan lacks. */
  others: z.array(
    z.strictObject({
      number: z.number(),
      title: z.string(),
      state: z.enum(['open', 'closed']),
      isPullRequest: z.boolean().default(false),
    }),
  ),
  /** Pairs that will change the same file. */
  overlapping: z.array(z.tuple([z.number(), z.number()])),
  issues: z.array(
    z.strictObject({
      number: z.number(),
      title: z.string(),
      body: z.string(),
      labels: z.array(z.string()).default([]),
      /** What comes before it, as its own text or that of another states. */
      after: z.array(z.number()).default([]),
      /** What a person may be asked about, and no order is kept for. */
      asked: z.array(z.number()).default([]),
      readiness: Readiness.default('ready'),
      areas: z.array(z.string()).default([]),
    }),
  ),
});

type IssueTexts = z.infer<typeof IssueTexts>;
type IssueText = IssueTexts['issues'][number];

/** What the planner says of a set of issues, beside what is true of them. */
export interface Score {
  readonly repository: string;
  readonly texts: number;
  /** `#2 after #1` */
  readonly orders: Compared;
  /** `#2: security` */
  readonly cautions: Compared;
  /** Pairs that will change the same file, and that the plan neither orders nor tells of. */
  readonly untold: readonly string[];
  /** Orders asked about that no text hints at. */
  readonly askedInVain: readonly string[];
  readonly readiness: readonly {
    readonly issue: number;
    readonly truth: z.infer<typeof Readiness>;
    readonly said: string | undefined;
  }[];
}

export interface Compared {
  readonly right: readonly string[];
  readonly wrong: readonly string[];
  readonly missed: readonly string[];
}

export async function scoreOf(name: string): Promise<Score> {
  const set = IssueTexts.parse(
    parse(readFileSync(new URL(`${name}.yaml`, import.meta.url), 'utf8')),
  );
  const usual = await draftOf(set, []);
  // An issue that is left out has no order; here all are kept.
  const whole = await draftOf(
    set,
    set.issues.map(({ number }) => number),
  );
  const drafted = [...usual.issues, ...usual.leftOut];
  const states = new Map(drafted.map(({ issue, readiness }) => [issue, readiness.state]));
  const together = [
    ...whole.overlaps.map(({ a, b }) => [a, b]),
    ...whole.issues.flatMap(({ issue, after }) => after.map((edge) => [issue, edge.issue])),
  ];
  const hints = every(set, ({ number, asked, after }) =>
    [...asked, ...after].map((issue) => `#${number} after #${issue}`),
  );
  return {
    repository: set.repository,
    texts: set.issues.length,
    orders: compared(
      every(set, ({ number, after }) => after.map((issue) => `#${number} after #${issue}`)),
      whole.issues.flatMap(({ issue, after }) =>
        after.map((edge) => `#${issue} after #${edge.issue}`),
      ),
    ),
    cautions: compared(
      every(set, ({ number, areas }) => areas.map((area) => `#${number}: ${area}`)),
      drafted.flatMap(({ issue, cautions }) =>
        cautions.flatMap((caution) => {
          const area = /^touches (.+?)(?: \(|$)/.exec(caution)?.[1];
          return area === undefined ? [] : `#${issue}: ${area}`;
        }),
      ),
    ),
    untold: set.overlapping
      .filter(([a, b]) => !together.some((pair) => pair.includes(a) && pair.includes(b)))
      .map(([a, b]) => `#${a} #${b}`),
    askedInVain: whole.doubtful
      .map(({ of, issue }) => `#${of} after #${issue}`)
      .filter((order) => !hints.includes(order)),
    readiness: set.issues.map(({ number, readiness }) => ({
      issue: number,
      truth: readiness,
      said: states.get(number),
    })),
  };
}

const every = ({ issues }: IssueTexts, of: (issue: IssueText) => string[]): string[] =>
  issues.flatMap(of);

const compared = (truth: readonly string[], found: readonly string[]): Compared => ({
  right: found.filter((one) => truth.includes(one)),
  wrong: found.filter((one) => !truth.includes(one)),
  missed: truth.filter((one) => !found.includes(one)),
});

async function draftOf(set: IssueTexts, included: readonly number[]): Promise<Draft> {
  const { repository } = set;
  const others = set.others.map((other) => listed({ body: '', labels: [], ...other }));
  const survey = await surveyIssues(sourceOf(others), {
    ...{ repository, withDependencies: false, ordered: [] },
    issues: set.issues.map(({ number, title, body, labels }) =>
      listed({ number, title, body, labels }),
    ),
  });
  const codebase = {
    map: new Codemap(set.files.split(/\s+/), []),
    containing: async () => new Map(),
  };
  return draftPlan({
    ...{ survey, forecast: await predict(survey, codebase, repository), proposals: NO_PROPOSALS },
    settings: PlanningSettings.parse({}),
    capacity: { memoryBytes: 64 * 1024 ** 3, cores: 16, review: 10, configured: 3 },
    ...{ included: new Set(included), confirmed: [], separated: [] },
  });
}
