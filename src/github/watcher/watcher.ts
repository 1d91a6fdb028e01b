import type { RepositoryName } from '../../domain/shared/repository.ts';
import type { Home } from '../../state/home.ts';
import { RateLimited, Unreachable } from '../api/errors.ts';
import { pollInterval } from '../api/poll-interval.ts';
import type { GitHub, PullRequestPoll, RateLimit } from '../port.ts';
import { coalesce } from './coalesce.ts';
import { createPause } from './pause.ts';
import { createRepeatedErrorLog } from './repeated-error-log.ts';
import { Subscriber, type Update } from './subscriber.ts';
import { readWatches, unregisterWatch, type Watch } from './watches.ts';

export interface WatcherOptions {
  readonly home: Home;
  readonly github: Pick<GitHub, 'readPolls' | 'readFeedback'>;
  /** The shortest time between two rounds, in seconds. */
  readonly interval: number;
  /**
   * Sends changes to a session. It returns `gone` when the workflow is closed or does not exist. When it
   * throws, the changes are sent again in the next round.
   */
  deliver(workflowId: string, news: Update): Promise<'delivered' | 'gone'>;
  /** Logs a line for a person. */
  log(line: string): void;
  /** Aborts the current requests, so that stopping does not wait for a GitHub that does not answer. */
  abandon?(): void;
}

/**
 * Reads all watched issues and pull requests in rounds, and sends changes to their sessions. Each worker
 * process has one watcher.
 */
export interface Watcher {
  start(): void;
  /** Starts a round now, for a new registration, but not before the end of a rate limit. */
  nudge(): void;
  /**
   * Starts a round soon, because something happened in a repository. It does nothing if the repository is not
   * watched.
   */
  nudgeFor(repository: RepositoryName): void;
  /** Resolves when the current round has ended. */
  stop(): Promise<void>;
}

/** What a round finds out for the next one: until when GitHub must not be asked, or how soon it should be. */
interface Round {
  until?: Date;
  rateLimit: RateLimit | null;
  /** The approximate cost in GraphQL points. */
  cost: number;
  checksRun: boolean;
}

/** The approximate cost of reading all comments, in GraphQL points: one query for each of five lists. */
const READING = 5;

/** The shortest time between two rounds that webhooks start, in milliseconds. */
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
  const soon = coalesce(pause.wake, SPACING);
  const troubles = createRepeatedErrorLog(log);
  /** By workflow id. */
  let subscribers = new Map<string, Subscriber>();
  let lastChange = Date.now();
  let stopped = false;
  let running: Promise<void> | undefined;

  async function inform(
    subscriber: Subscriber,
    poll: PullRequestPoll,
    round: Round,
  ): Promise<void> {
    const { watch } = subscriber;
    const { workflowId, repository, issue, pullRequest } = watch;
    if (pullRequest !== null && !poll.pullRequest)
      troubles.note(
        `${repository} has no pull request #${pullRequest}, or the token may not see it`,
      );
    if (subscriber.needsReading(poll)) {
      round.cost += READING;
      subscriber.read(poll, await github.readFeedback(repository, { issue, pullRequest }));
    }
    for (const news of subscriber.updates(poll)) {
      lastChange = Date.now();
      const outcome = await deliver(workflowId, news);
      subscriber.delivered(news);
      if (outcome === 'gone') return unregisterWatch(home, watch);
    }
  }

  async function look(repository: RepositoryName, of: Subscriber[], round: Round): Promise<void> {
    const watched = of.map(({ watch }) => watch);
    const { polls, problems, rateLimit } = await github.readPolls(repository, watched);
    for (const problem of problems) troubles.note(problem);
    round.rateLimit = rateLimit;
    round.cost += rateLimit?.cost ?? 0;
    for (const [index, subscriber] of of.entries()) {
      if (stopped) return;
      const poll = polls[index];
      if (!poll) continue;
      if (poll.pullRequest?.checks.pending) round.checksRun = true;
      await guarded(round, () => inform(subscriber, poll, round));
    }
  }

  /**
   * Runs the work for one session or repository. A failure is logged, and the round goes on, unless the
   * failure affects all sessions.
   */
  async function guarded(round: Round, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof EndOfRound) throw error;
      // A request that was aborted because the watcher stops is not an error.
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
      else
        await pause.orWake(
          pollInterval({ base: interval, quiet: now - lastChange, now, ...round }),
        );
    }
  }

  return {
    start() {
      running ??= run();
    },
    nudge: pause.wake,
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

/** A subscriber for each registration. A session that registered again gets everything again. */
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
