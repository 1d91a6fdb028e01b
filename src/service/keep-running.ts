import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessIdentity } from '../process/identity.ts';
import type { Part } from '../state/service-record.ts';

/** A program that has been started and is ready. */
export interface Running {
  /** Resolves when it has ended, with how. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly onSpawn: (process: ProcessIdentity) => void;
  /** Ends the start, and the process with it. */
  readonly signal: AbortSignal;
}

export interface KeepOptions {
  readonly name: string;
  readonly start: (options: StartOptions) => Promise<Running>;
  readonly log: (line: string) => void;
  readonly onChange: (part: Part) => void;
  /** Ends the first start. */
  readonly signal: AbortSignal;
}

/** Pauses between attempts double from the first to the last of these; in milliseconds. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;

/** After a program has run this long, in milliseconds, the next pause is the shortest again. */
const WELL = 60_000;

/**
 * Starts a program, and starts it again whenever it ends, until it is told to stop. It never gives up, and reports each
 * change to `onChange`.
 * @throws what the first start throws
 */
export async function keepRunning(options: KeepOptions): Promise<{ stop(): Promise<void> }> {
  const { name, log, signal } = options;
  let part: Part = { process: null, up: false, restarts: 0, trouble: null };
  const change = (news: Partial<Part>) => {
    part = { ...part, ...news };
    options.onChange(part);
  };

  const stopping = new AbortController();
  const start = async (until: AbortSignal): Promise<Running> => {
    const onSpawn = (process: ProcessIdentity) => change({ process });
    const running = await options.start({ onSpawn, signal: until });
    change({ up: true });
    return running;
  };

  let pause = FIRST_PAUSE;
  const startAgain = async (how: string): Promise<Running> => {
    for (let trouble = how; ; ) {
      change({ up: false, trouble });
      log(`the ${name} ${trouble}; starting it again in ${pause / 1000} s`);
      await sleep(pause, undefined, { signal: stopping.signal });
      pause = Math.min(pause * 2, LONGEST_PAUSE);
      change({ restarts: part.restarts + 1 });
      try {
        return await start(stopping.signal);
      } catch (error) {
        stopping.signal.throwIfAborted();
        trouble = `could not be started: ${error instanceof Error ? error.message : String(error)}`;
      }
    }
  };

  let running = await start(signal);
  const watch = async () => {
    while (!stopping.signal.aborted) {
      const since = Date.now();
      const how = await running.ended;
      if (stopping.signal.aborted) return;
      if (Date.now() - since > WELL) pause = FIRST_PAUSE;
      running = await startAgain(how);
      log(`the ${name} runs again`);
    }
  };
  const watched = watch().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });

  return {
    stop: async () => {
      stopping.abort();
      await running.stop();
      await watched;
      // A program that was just being started is stopped as well.
      await running.stop();
      change({ up: false });
    },
  };
}
