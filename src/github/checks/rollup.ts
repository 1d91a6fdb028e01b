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
      ... on CheckRun { databaseId name status conclusion detailsUrl startedAt checkSuite { status app { slug } workflowRun { databaseId event workflow { databaseId name } } } }
      ... on StatusContext { context state targetUrl description createdAt }
    }
  }`;

const CheckRun = z.object({
  __typename: z.literal('CheckRun'),
  databaseId: z.number().nullable(),
  name: z.string(),
  status: z.string(),
  conclusion: z.string().nullable(),
  detailsUrl: z.string().nullable(),
  startedAt: z.string().nullable(),
  checkSuite: z.object({
    status: z.string(),
    app: z.object({ slug: z.string() }).nullable(),
    workflowRun: z
      .object({
        databaseId: z.number().nullable(),
        event: z.string(),
        workflow: z.object({ databaseId: z.number().nullable(), name: z.string() }),
      })
      .nullable(),
  }),
});
type CheckRun = z.infer<typeof CheckRun>;

const StatusContext = z.object({
  __typename: z.literal('StatusContext'),
  context: z.string(),
  state: z.string(),
  targetUrl: z.string().nullable(),
  description: z.string().nullable(),
  createdAt: z.string(),
});
type StatusContext = z.infer<typeof StatusContext>;

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

/** An attempt at a check, before the latest is chosen. */
interface Attempt {
  /** The same for every attempt at the same check. */
  readonly key: string;
  readonly at: string;
  readonly isSkipped: boolean;
  readonly check: ReportedCheck;
}

/** What a check of a job of Actions is known by, over commits and attempts. The matrix is in its name. */
export const jobIdentity = (workflow: number | string, name: string): string =>
  `github-actions ${workflow} ${name}`;

/** Each check once: only the latest attempt counts. What a later run of its workflow skipped says nothing of it. */
export function checksOf(contexts: readonly (Context | null)[]): ReportedCheck[] {
  const latest = new Map<string, Attempt>();
  const attempts = contexts.flatMap((context) => attemptOf(context) ?? []);
  for (const attempt of attempts) {
    const known = latest.get(attempt.key);
    if (!known || overtakes(attempt, known)) latest.set(attempt.key, attempt);
  }
  return [...[...latest.values()].map(({ check }) => check), ...unfinishedWorkflows(contexts)];
}

function overtakes(later: Attempt, known: Attempt): boolean {
  const isOtherRun = later.check.workflowRun !== known.check.workflowRun;
  if (isOtherRun && later.isSkipped !== known.isSkipped) return known.isSkipped;
  return known.at <= later.at;
}

function attemptOf(context: Context | null): Attempt | undefined {
  if (context === null) return undefined;
  if ('conclusion' in context) return attemptOfRun(context);
  return 'context' in context ? attemptOfStatus(context) : undefined;
}

function attemptOfRun(run: CheckRun): Attempt {
  const { name, status, conclusion, checkSuite, databaseId, detailsUrl, startedAt } = run;
  const { app, workflowRun } = checkSuite;
  const id = workflowRun
    ? jobIdentity(workflowRun.workflow.databaseId ?? workflowRun.workflow.name, name)
    : `${app?.slug} ${name}`;
  return {
    key: `run ${id} ${workflowRun?.event}`,
    // One that has no start yet is waiting to begin: it is the latest.
    at: startedAt ?? '~',
    isSkipped: conclusion === 'SKIPPED',
    check: {
      ...{ name, id, attempt: String(databaseId ?? startedAt), runId: databaseId },
      workflowRun: workflowRun?.databaseId ?? null,
      ...{ url: detailsUrl ?? '', description: '', result: checkResult(conclusion, status) },
    },
  };
}

const attemptOfStatus = ({
  context: name,
  state,
  targetUrl,
  description,
  createdAt,
}: StatusContext): Attempt => ({
  ...{ key: `status ${name}`, at: createdAt, isSkipped: false },
  check: {
    ...{ name, id: `status ${name}`, attempt: createdAt, runId: null, workflowRun: null },
    ...{ url: targetUrl ?? '', description: description ?? '', result: checkResult(state) },
  },
});

/** A job that needs others begins once they have ended: until its workflow has ended, more checks may come. */
function unfinishedWorkflows(contexts: readonly (Context | null)[]): ReportedCheck[] {
  const runs = contexts.filter((one): one is CheckRun => one !== null && 'conclusion' in one);
  const unfinished = new Map<number, ReportedCheck>();
  for (const { checkSuite, detailsUrl } of runs) {
    const { status, workflowRun } = checkSuite;
    if (!workflowRun?.databaseId || status === 'COMPLETED') continue;
    const { databaseId, workflow } = workflowRun;
    const name = `more jobs of ${workflow.name}`;
    unfinished.set(databaseId, {
      ...{ name, id: `workflow ${workflow.databaseId} ${databaseId}`, attempt: `${databaseId}` },
      ...{ runId: null, workflowRun: databaseId, result: 'pending' },
      ...{ url: detailsUrl ?? '', description: '' },
    });
  }
  for (const { status, checkSuite } of runs)
    if (status !== 'COMPLETED') unfinished.delete(checkSuite.workflowRun?.databaseId ?? 0);
  return [...unfinished.values()];
}
