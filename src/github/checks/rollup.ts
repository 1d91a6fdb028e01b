import { z } from 'zod';
import { type Check, checkResult } from '../../domain/pull-request/checks.ts';

/** The check runs and commit statuses of a commit, as GitHub rolls them up. */

/** How many GitHub gives at once. */
export const PAGE = 100;

export const ROLLUP_FRAGMENT = `
  fragment rollup on StatusCheckRollupContextConnection {
    pageInfo { hasNextPage endCursor }
    nodes {
      __typename
      ... on CheckRun { databaseId name conclusion detailsUrl startedAt checkSuite { app { slug } workflowRun { event workflow { name } } } }
      ... on StatusContext { context state targetUrl description createdAt }
    }
  }`;

const CheckRun = z.object({
  __typename: z.literal('CheckRun'),
  databaseId: z.number().nullable(),
  name: z.string(),
  conclusion: z.string().nullable(),
  detailsUrl: z.string().nullable(),
  startedAt: z.string().nullable(),
  checkSuite: z.object({
    app: z.object({ slug: z.string() }).nullable(),
    workflowRun: z
      .object({ event: z.string(), workflow: z.object({ name: z.string() }) })
      .nullable(),
  }),
});

const StatusContext = z.object({
  __typename: z.literal('StatusContext'),
  context: z.string(),
  state: z.string(),
  targetUrl: z.string().nullable(),
  description: z.string().nullable(),
  createdAt: z.string(),
});

/** Kinds that GitHub adds later are ignored. A known kind that can’t be read is an error. */
const Later = z.object({
  __typename: z.string().refine((name) => name !== 'CheckRun' && name !== 'StatusContext'),
});

const Context = z.union([CheckRun, StatusContext, Later]);
export type Context = z.infer<typeof Context>;

export const Contexts = z.object({
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  nodes: z.array(Context.nullable()).nullable(),
});
export type Contexts = z.infer<typeof Contexts>;

export interface ReportedCheck extends Check {
  /** What a commit status says of itself. */
  readonly description: string;
}

/** Every check, once. @param jobs gives those of Actions, where GitHub keeps check runs from the token */
export async function allChecks(
  contexts: readonly (Context | null)[],
  jobs: () => Promise<readonly ReportedCheck[]>,
): Promise<ReportedCheck[]> {
  const checks = checksOf(contexts);
  return contexts.includes(null) ? [...checks, ...(await jobs())] : checks;
}

/** Each check once: only the latest run counts. */
export function checksOf(contexts: readonly (Context | null)[]): ReportedCheck[] {
  const latest = new Map<string, { at: string; check: ReportedCheck }>();
  const take = (key: string, at: string, check: ReportedCheck) => {
    const known = latest.get(key);
    if (!known || known.at <= at) latest.set(key, { at, check });
  };
  for (const context of contexts) {
    if (context === null) continue;
    if ('conclusion' in context) {
      const { name, conclusion, checkSuite, databaseId, detailsUrl, startedAt } = context;
      const { app, workflowRun: run } = checkSuite;
      const origin = `${app?.slug} ${run?.workflow.name} ${run?.event}`;
      // One that has no start yet is waiting to begin: it is the latest.
      take(`run ${origin} ${name}`, startedAt ?? '~', {
        ...{ name, runId: databaseId, url: detailsUrl ?? '', description: '' },
        result: checkResult(conclusion),
      });
    } else if ('context' in context) {
      const { context: name, state, targetUrl, description, createdAt } = context;
      take(`status ${name}`, createdAt, {
        ...{ name, runId: null, url: targetUrl ?? '', description: description ?? '' },
        result: checkResult(state),
      });
    }
  }
  return [...latest.values()].map(({ check }) => check);
}
