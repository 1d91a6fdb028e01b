import type { RepositoryName } from '../../domain/shared/repository.ts';
import type { Home } from '../../state/home.ts';
import { RateLimited, Unreachable } from '../api/errors.ts';
import { pace } from '../api/pace.ts';
import type { GitHub, PullRequestPoll, RateLimit } from '../port.ts';
import { coalesce } from './coalesce.ts';
import { type News, Subscriber } from './news.ts';
import { createPause } from './pause.ts';
import { createTroubles } from './repeated-error-log.ts';
import { readWatches, unregisterWatch, type Watch } from './watches.ts';

export interface WatcherOptions {
  readonly home: Home;
  readonly github: Pick<GitHub, 'readPulses' | 'readFeedback'>;
  /** Seconds between rounds while things happen. */
  readonly interval: number;
  /**
   * Sends changes to a session; returns `gone` when its workflow is closed or unknown. After an error they are sent
   * again in the next round.
   */
  deliver(workflowId: string, news: News): Promise<'delivered' | 'gone'>;
  /** Takes a line for a person. */
  log(line: string): void;
  /** Aborts the current requests, so that stopping does not wait for a GitHub that does not answer. */
  abandon?(): void;
}

/**
 * Reads every watched issue and pull request in rounds and sends its session what is new. There is one for each
 * worker process.
 */
export interface Watcher {
  start(): void;
  /** Starts a round now, for a new registration, but not while GitHub’s rate limit holds. */
  nudge(): void;
  /** Starts a round soon, because something happened in a repository, if it is watched. */
  nudgeFor(repository: RepositoryName): void;
  /** Resolves when the round under way has ended. */
  stop(): Promise<void>;
}

/** What a round finds out for the next: until when GitHub must not be asked, or how soon it should be. */
interface Round {
  until?: Date;
  rateLimit: RateLimit | null;
  /** In GraphQL points, about. */
  cost: number;
  checksRun: boolean;
}

/** What reading everything that was said costs, about: a query for each of five lists. In points. */
const READING = 5;

/** Between two rounds that events have started, however many there are. In milliseconds. */
const SPACING = 5_000;

export function createWatcher({
  home,
  github,
  interval,
  deliver,
  log,
  abandon,
}: WatcherOptions): Watcher {
  const pause = createPause();
  const soon = coalesce(pause.nudge, SPACING);
  const troubles = createTroubles(log);
  /** By workflow id. */
  let subscribers = new Map<string, Subscriber>();
  let lastChange = Date.now();
  let stopped = false;
  let running: Promise<void> | undefined;

  async function inform(
    subscriber: Subscriber,
    pulse: PullRequestPoll,
    round: Round,
  ): Promise<void> {
    const { watch } = subscriber;
    const { workflowId, repository, issue, pullRequest } = watch;
    if (pullRequest !== null && !pulse.pullRequest)
      troubles.note(
        `${repository} has no pull request #${pullRequest}, or the token may not see it`,
      );
    if (subscriber.needsReading(pulse)) {
      round.cost += READING;
      subscriber.read(pulse, await github.readFeedback(repository, { issue, pullRequest }));
    }
    for (const news of subscriber.news(pulse)) {
      lastChange = Date.now();
      const outcome = await deliver(workflowId, news);
      subscriber.delivered(news);
      if (outcome === 'gone') return unregisterWatch(home, watch);
    }
  }

  async function look(repository: RepositoryName, of: Subscriber[], round: Round): Promise<void> {
    const watched = of.map(({ watch }) => watch);
    const { pulses, problems, rateLimit } = await github.readPulses(repository, watched);
    for (const problem of problems) troubles.note(problem);
    round.rateLimit = rateLimit;
    round.cost += rateLimit?.cost ?? 0;
    for (const [index, subscriber] of of.entries()) {
      if (stopped) return;
      const pulse = pulses[index];
      if (!pulse) continue;
      if (pulse.pullRequest?.checks.pending) round.checksRun = true;
      await guarded(round, () => inform(subscriber, pulse, round));
    }
  }

  /** A failure for one session is logged and does not stop the others, unless it would fail for all of them. */
  async function guarded(round: Round, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof EndOfRound) throw error;
      // What was given up because it shall stop is no trouble.
      if (stopped) throw new EndOfRound();
      troubles.note(error instanceof Error ? error.message : String(error));
      if (error instanceof RateLimited) round.until = error.until;
      if (error instanceof RateLimited || error instanceof Unreachable) throw new EndOfRound();
    }
  }

  async function goRound(): Promise<Round> {
    const round: Round = { rateLimit: null, cost: 0, checksRun: false };
    const { watches, unreadable } = await readWatches(home);
    for (const path of unreadable) troubles.note(`${path} can't be read; remove it`);
    subscribers = renewed(subscribers, watches);
    try {
      for (const [repository, of] of Map.groupBy(subscribers.values(), repositoryOf)) {
        if (stopped) break;
        await guarded(round, () => look(repository, of, round));
      }
    } catch (error) {
      if (!(error instanceof EndOfRound)) throw error;
    }
    return round;
  }

  async function run(): Promise<void> {
    while (!stopped) {
      let round: Round = { rateLimit: null, cost: 0, checksRun: false };
      try {
        round = await goRound();
      } catch (error) {
        troubles.note(`Pull requests can't be watched: ${error}`);
      }
      if (stopped) return;
      troubles.endOfRound();
      const now = Date.now();
      if (round.until) await pause.until(round.until);
      else await pause.orNudge(pace({ base: interval, quiet: now - lastChange, now, ...round }));
    }
  }

  return {
    start() {
      running ??= run();
    },
    nudge: pause.nudge,
    nudgeFor(repository) {
      const name = repository.toLowerCase();
      const isWatched = ({ watch }: Subscriber) => watch.repository.toLowerCase() === name;
      if (!stopped && [...subscribers.values()].some(isWatched)) soon.ask();
    },
    async stop() {
      stopped = true;
      soon.end();
      pause.end();
      abandon?.();
      await running;
    },
  };
}

class EndOfRound extends Error {}

const repositoryOf = ({ watch }: Subscriber): RepositoryName => watch.repository;

/** A listener for each registration; a registration made anew is told everything anew. */
const renewed = (
  known: ReadonlyMap<string, Subscriber>,
  watches: readonly Watch[],
): Map<string, Subscriber> =>
  new Map(
    watches.map((watch) => {
      const subscriber = known.get(watch.workflowId);
      const isSame = JSON.stringify(subscriber?.watch) === JSON.stringify(watch);
      return [watch.workflowId, subscriber && isSame ? subscriber : new Subscriber(watch)];
    }),
  );
