import { Mutex } from 'async-mutex';

const mutexes = new Map<string, Mutex>();

/** Runs `work` after all earlier work with the same key has ended. It works within this process only. */
export async function exclusively<T>(key: string, work: () => Promise<T>): Promise<T> {
  const mutex = mutexes.get(key) ?? new Mutex();
  mutexes.set(key, mutex);
  try {
    return await mutex.runExclusive(work);
  } finally {
    if (!mutex.isLocked()) mutexes.delete(key);
  }
}
