import { vi } from 'vitest';

/** Waits until `check` throws no more, as long as a busy machine may take. @returns what it returns then */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 60_000, interval: 30 });
