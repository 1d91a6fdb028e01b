const last = new Map<string, Promise<unknown>>();

/** Runs `work` after all earlier work with the same key has ended. It works within this process only. */
export async function exclusively<T>(key: string, work: () => Promise<T>): Promise<T> {
  const mine = (last.get(key) ?? Promise.resolve()).then(work);
  const settled = mine.catch(() => undefined);
  last.set(key, settled);
  try {
    return await mine;
  } finally {
    if (last.get(key) === settled) last.delete(key);
  }
}
