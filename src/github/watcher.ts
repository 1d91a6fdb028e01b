import type { PullRequestSnapshot } from '../domain/pull-request.ts';
import type { Home } from '../state/home.ts';
import { RateLimited, Unreachable } from './errors.ts';
import { createPause } from './pause.ts';
import type { GitHub } from './port.ts';
import { type Registration, readRegistrations, unregisterWatch } from './registrations.ts';
import { createTroubles } from './troubles.ts';

export interface WatcherOptions {
  readonly home: Home;
  readonly github: Pick<GitHub, 'readPullRequest'>;
  /** Seconds between rounds. */
  readonly interval: number;
  /** Tells a session; `gone` when its workflow is closed or unknown. An error means: again next round. */
  deliver(workflowId: string, snapshot: PullRequestSnapshot): Promise<'delivered' | 'gone'>;
  /** Takes a line for a person. */
  log(line: string): void;
}

/** Reads every registered pull request in rounds and tells its session of each change: one for each worker process. */
export interface Watcher {
  start(): void;
  /** Starts a round now, for a registration just made; not while GitHub asks for patience. */
  nudge(): void;
  /** Resolves when the round under way has ended. */
  stop(): Promise<void>;
}

export function createWatcher({ home, github, interval, deliver, log }: WatcherOptions): Watcher {
  const pause = createPause();
  const troubles = createTroubles(log);
  /** What each session was last told, by workflow id: a registration and a snapshot. */
  let told = new Map<string, string>();
  let stopped = false;
  let running: Promise<void> | undefined;

  async function check(registration: Registration): Promise<void> {
    const { workflowId, repository, pullRequest } = registration;
    const snapshot = await github.readPullRequest(repository, pullRequest);
    const news = JSON.stringify([registration, snapshot]);
    if (told.get(workflowId) === news) return;
    if ((await deliver(workflowId, snapshot)) === 'gone') await unregisterWatch(home, registration);
    told.set(workflowId, news);
  }

  /** @returns the moment before which GitHub must not be asked again, if it said so */
  async function round(): Promise<Date | undefined> {
    const { registrations, unreadable } = await readRegistrations(home);
    for (const path of unreadable) troubles.note(`${path} can't be read; remove it`);
    const open = new Set(registrations.map(({ workflowId }) => workflowId));
    told = new Map([...told].filter(([workflowId]) => open.has(workflowId)));
    for (const registration of registrations) {
      if (stopped) return undefined;
      try {
        await check(registration);
      } catch (error) {
        troubles.note(error instanceof Error ? error.message : String(error));
        if (error instanceof RateLimited) return error.until;
        if (error instanceof Unreachable) return undefined; // nor would the others reach it
      }
    }
    return undefined;
  }

  async function run(): Promise<void> {
    while (!stopped) {
      let until: Date | undefined;
      try {
        until = await round();
      } catch (error) {
        troubles.note(`Pull requests can't be watched: ${error}`);
      }
      if (!stopped) troubles.endOfRound();
      if (until) await pause.until(until);
      else await pause.orNudge(interval * 1000);
    }
  }

  return {
    start() {
      running ??= run();
    },
    nudge: pause.nudge,
    async stop() {
      stopped = true;
      pause.end();
      await running;
    },
  };
}
