import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/** Tests of functions alone: nothing is left behind that another file could meet, so one process runs many files. */
const RULES = ['domain', 'planning', 'config', 'markdown'].map(
  (name) => `test/${name}/**/*.test.ts`,
);

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'rules', include: RULES, isolate: false } },
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...RULES],
        },
      },
    ],
    sequence: { sequencer: LongestFirst },
    // Most of the time is spent waiting for servers and processes, not for processors.
    maxWorkers: 3,
    // Real servers and processes on small machines: a hang fails, slowness does not.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A second, the default, is short where something is started or stopped.
    expect: { poll: { timeout: 60_000 } },
    // The many programs that tests start are compiled once. Vitest drops this where coverage is measured.
    env: {
      NODE_COMPILE_CACHE: fileURLToPath(
        new URL('node_modules/.cache/coppice/compiled', import.meta.url),
      ),
    },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'json-summary'],
    },
  },
});
