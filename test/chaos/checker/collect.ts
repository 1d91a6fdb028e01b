import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { DiaryEntry, Evidence, Execution, Message, World } from './evidence.ts';
import { repositoriesOf } from './repositories.ts';

const run = promisify(execFile);

/** Where everything is that is read. */
export interface Places {
  readonly logs: { readonly agents: string; readonly github: string; readonly told: string };
  readonly checkout: string;
  /** The bare repository that stands for the one on GitHub. */
  readonly bare: string;
  /** The home in the environment of every process of Coppice's. */
  readonly person: string;
}

/** Histories of all workflows, while the server still runs. @param profile its configuration file for Temporal's own tools */
export async function collectExecutions(cli: string, profile: string): Promise<Execution[]> {
  const env = { ...process.env, TEMPORAL_CONFIG_FILE: profile };
  const temporal = async (...args: string[]): Promise<unknown> => {
    const options = { env, maxBuffer: 1024 * 1024 * 1024 };
    return JSON.parse((await run(cli, [...args, '--output', 'json'], options)).stdout || '[]');
  };
  const listed = (await temporal('workflow', 'list', '--limit', '10000')) as Listed[];
  const executions: Execution[] = [];
  for (const { execution, type, status } of listed) {
    const { workflowId: id, runId } = execution;
    const shown = await temporal('workflow', 'show', '--workflow-id', id, '--run-id', runId);
    const { events } = shown as { events: readonly HistoryEvent[] };
    executions.push({
      ...{ id, run: runId, type: type.name, events: events.length },
      status: status.replace('WORKFLOW_EXECUTION_STATUS_', ''),
      taskFailures: events.flatMap(taskFailureOf),
    });
  }
  return executions;
}

interface Listed {
  readonly execution: { readonly workflowId: string; readonly runId: string };
  readonly type: { readonly name: string };
  readonly status: string;
}

interface HistoryEvent {
  readonly workflowTaskFailedEventAttributes?: {
    readonly cause: string;
    readonly failure?: { readonly message?: string };
  };
}

/** A task that came to its end while an event arrived is done again: that is how Temporal works, and no failure. */
function taskFailureOf({ workflowTaskFailedEventAttributes: failed }: HistoryEvent): string[] {
  if (!failed || failed.cause === 'WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND') return [];
  return [`${failed.cause}: ${failed.failure?.message ?? ''}`];
}

/** Everything else, once Coppice is down and GitHub has written its state. */
export async function collect(
  places: Places,
  world: World,
  executions: readonly Execution[],
): Promise<Evidence> {
  const { logs, person } = places;
  const github = linesOf(logs.github).findLast(({ what }) => what === 'state') as GitHubState;
  return {
    ...{ world, executions },
    ...{ pulls: github.pulls, threads: github.threads, misunderstood: github.violations },
    diary: linesOf(logs.agents) as unknown as DiaryEntry[],
    messages: linesOf(logs.told) as unknown as Message[],
    repositories: await repositoriesOf(places, github.pulls),
    processes: processesWith(`HOME=${person}`),
  };
}

type GitHubState = Pick<Evidence, 'pulls' | 'threads'> & {
  readonly what: 'state';
  readonly violations: readonly string[];
};

/** @returns the objects of a log, one a line; none when nobody has written it */
function linesOf(file: string): Record<string, unknown>[] {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** Command lines of all processes with this in their environment. */
function processesWith(assignment: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        if (!environment.includes(assignment)) return [];
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()];
      } catch {
        return []; // It has ended meanwhile, or is another user's.
      }
    });
}
