import { defineConfig } from 'vitest/config';

/** The contract tests: the real agents against a model server, see scripts/test-agents.ts. */
export default defineConfig({
  test: {
    include: ['test/contract/**/*.contract.ts'],
    // Agents of 200 MB and more.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
