import { setTimeout as sleep } from 'node:timers/promises';
import type { RepositoryName } from '../domain/shared/repository.ts';

/** A Temporal Worker, as far as it is used here. */
interface QueueWorker {
  run(): Promise<void>;
  shutdown(): void;
  getState(): string;
}

export interface RepositoryWorkersOptions {
  /** The repositories that this host has now. */
  known(): Promise<readonly RepositoryName[]>;
  /** A Worker on the queue of a repository. */
  create(repository: RepositoryName): Promise<QueueWorker>;
  readonly log: (line: string) => void;
  /** How often the repositories of this host are read, in milliseconds. */
  readonly every?: number;
}

/** A person has run a command in a new checkout, and waits for what comes of it. */
const EVERY = 1_000;

/**
 * Runs one Worker for each repository that has a checkout on this host, because sessions register only on hosts that have
 * their repository.
 */
export function repositoryWorkers({ known, create, log, every = EVERY }: RepositoryWorkersOptions) {
  const workers = new Map<RepositoryName, QueueWorker>();
  const runs = new Set<Promise<void>>();
  const stopping = new AbortController();
  const failed = Promise.withResolvers<never>();
  // Only `run` waits for it.
  failed.promise.catch(() => undefined);

  function start(repository: RepositoryName, worker: QueueWorker): void {
    workers.set(repository, worker);
    const run = worker.run();
    runs.add(run);
    run.then(() => runs.delete(run), failed.reject);
  }

  async function refresh(): Promise<void> {
    const repositories = await known();
    for (const repository of repositories) {
      if (stopping.signal.aborted) return;
      if (!workers.has(repository)) start(repository, await create(repository));
    }
    for (const [repository, worker] of workers)
      if (!repositories.includes(repository)) {
        log(`${repository} has no checkout on this host any more`);
        end(worker);
        workers.delete(repository);
      }
  }

  const end = (worker: QueueWorker) => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
  };

  return {
    /** Resolves when all have drained after `shutdown`; rejects when one fails. */
    async run(): Promise<void> {
      let trouble = '';
      while (!stopping.signal.aborted) {
        const now = await refresh().then(
          () => '',
          (error: Error) => error.message,
        );
        if (now !== '' && now !== trouble) log(`can't look which repositories are here: ${now}`);
        trouble = now;
        const pause = sleep(every, undefined, { signal: stopping.signal }).catch(() => undefined);
        await Promise.race([pause, failed.promise]);
      }
      for (const worker of workers.values()) end(worker);
      await Promise.race([Promise.all(runs), failed.promise]);
    },
    shutdown(): void {
      stopping.abort();
      for (const worker of workers.values()) end(worker);
    },
  };
}
