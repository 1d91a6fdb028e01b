import { z } from 'zod';
import { type Check, checkResult } from '../../domain/pull-request/checks.ts';

/** The check runs and commit statuses of a commit, from GitHub's `statusCheckRollup`. */

/** How many entries GitHub returns in one page. */
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
  /** The description of a commit status. */
  readonly description: string;
}

/**
 * Returns each check once.
 * @param jobs reads the jobs of Actions, for tokens that may not read check runs
 */
export async function allChecks(
  contexts: readonly (Context | null)[],
  jobs: () => Promise<readonly ReportedCheck[]>,
): Promise<ReportedCheck[]> {
  const checks = checksOf(contexts);
  return contexts.includes(null) ? [...checks, ...(await jobs())] : checks;
}

/** One attempt of a check. A check may have several, of which the latest is chosen. */
interface Attempt {
  /** The same for every attempt of one check. */
  readonly key: string;
  readonly at: string;
  readonly isSkipped: boolean;
  readonly check: ReportedCheck;
}

/**
 * The id of a check that is a job of Actions. It is the same for all commits and attempts. The values of a
 * matrix are part of the name.
 */
export const jobIdentity = (workflow: number | string, name: string): string =>
  `github-actions ${workflow} ${name}`;

/**
 * Returns each check once, with its latest attempt. An attempt that a later run of the workflow skipped does
 * not replace an earlier result.
 */
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
    // A run without a start time has not begun, so it is the latest. `~` sorts after all times.
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

/**
 * A job that needs other jobs appears only when they have ended. So a workflow run that has not ended is a
 * pending check of its own, because more checks may appear.
 */
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
