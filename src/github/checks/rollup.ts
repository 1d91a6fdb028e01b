import { z } from 'zod';
import { checkResult } from '../../domain/pull-request/checks.ts';
import {
  type Attempt,
  attemptOfJob,
  progressOf,
  type Reports,
  type WorkflowRun,
} from './latest-checks.ts';

/** The check runs and commit statuses of a commit, from GitHub's `statusCheckRollup`. */

/** How many entries GitHub returns in one page. */
export const PAGE = 100;

export const ROLLUP_FRAGMENT = `
  fragment rollup on StatusCheckRollupContextConnection {
    pageInfo { hasNextPage endCursor }
    nodes {
      __typename
      ... on CheckRun { databaseId name status conclusion detailsUrl startedAt completedAt checkSuite { status app { slug databaseId } workflowRun { databaseId runNumber event url workflow { databaseId name } } } }
      ... on StatusContext { context creator { __typename } state targetUrl description createdAt }
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
  completedAt: z.string().nullish().default(null),
  checkSuite: z.object({
    status: z.string(),
    app: z.object({ slug: z.string(), databaseId: z.number().nullish() }).nullable(),
    workflowRun: z
      .object({
        databaseId: z.number().nullable(),
        runNumber: z.number(),
        event: z.string(),
        url: z.string(),
        workflow: z.object({ databaseId: z.number().nullable(), name: z.string() }),
      })
      .nullable(),
  }),
});
type CheckRun = z.infer<typeof CheckRun>;

const StatusContext = z.object({
  __typename: z.literal('StatusContext'),
  context: z.string(),
  creator: z.object({ __typename: z.string() }).nullish(),
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

/** What the rollup tells of a commit. A workflow run without a job is not part of it. */
export function reportsOf(contexts: readonly (Context | null)[]): Reports {
  const attempts = contexts.flatMap((context) => attemptOf(context) ?? []);
  const runs = new Map(attempts.flatMap(({ run }) => (run ? [[run.id, run] as const] : [])));
  return { attempts, runs: [...runs.values()] };
}

function attemptOf(context: Context | null): Attempt | undefined {
  if (context === null) return undefined;
  if ('conclusion' in context) return attemptOfRun(context);
  return 'context' in context ? attemptOfStatus(context) : undefined;
}

function attemptOfRun(check: CheckRun): Attempt {
  const { name, databaseId, detailsUrl, startedAt, checkSuite } = check;
  const run = workflowRunOf(check);
  const url = detailsUrl ?? '';
  const app = checkSuite.app?.databaseId ?? undefined;
  if (run && databaseId !== null) return attemptOfJob(run, { ...check, id: databaseId, url, app });
  const { result, ...standing } = progressOf(check);
  const id = `${checkSuite.app?.slug} ${name}`;
  return {
    ...{ ...standing, key: `run ${id}`, run: null },
    check: {
      ...{ name, id, runAttempt: String(databaseId ?? startedAt), runId: databaseId },
      ...{ workflowRun: null, url, description: '', result, app },
    },
  };
}

function workflowRunOf({ checkSuite: { status, workflowRun } }: CheckRun): WorkflowRun | null {
  if (workflowRun?.databaseId == null) return null;
  const { databaseId: id, runNumber: number, event, url, workflow } = workflowRun;
  return {
    ...{ id, number, event, url, status: status.toLowerCase(), conclusion: null },
    workflow: { id: workflow.databaseId ?? workflow.name, name: workflow.name },
  };
}

const attemptOfStatus = ({
  context: name,
  state,
  targetUrl,
  description,
  createdAt,
  creator,
}: StatusContext): Attempt => ({
  ...{
    key: `status ${name}`,
    at: createdAt,
    endedAt: createdAt,
    isSkipped: false,
    hasEnded: true,
    run: null,
  },
  check: {
    ...{ name, id: `status ${name}`, runAttempt: createdAt, runId: null, workflowRun: null },
    ...{ url: targetUrl ?? '', description: description ?? '', result: checkResult(state) },
    // Which app a bot belongs to is not told.
    app: creator?.__typename === 'User' ? null : undefined,
  },
});
