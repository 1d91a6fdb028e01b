import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

/** What runs on GitHub can't run here: its form is held to GitHub's schema, and what it may do is looked at. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WORKFLOWS = globSync('.github/workflows/*.yml', { cwd: ROOT });

const Workflow = z.object({
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.object({
      'timeout-minutes': z.number(),
      steps: z.array(z.object({ uses: z.string().optional() })),
    }),
  ),
});

test('there are workflows for changes, for nights and for releases', () => {
  expect(WORKFLOWS.map((path) => path.split('/').at(-1))).toEqual([
    ...['ci.yml', 'nightly.yml', 'release.yml'],
  ]);
});

test.each(WORKFLOWS)('%s is valid by the schema of GitHub’s workflows', async (path) => {
  const { exitCode, all } = await execa('action-validator', [path], {
    ...{ cwd: ROOT, preferLocal: true, reject: false, all: true },
  });
  expect({ exitCode, all }).toEqual({ exitCode: 0, all: '' });
});

test.each(WORKFLOWS)('%s takes actions by their hash, reads only, and ends', (path) => {
  const { permissions, jobs } = Workflow.parse(parse(readFileSync(join(ROOT, path), 'utf8')));
  expect(permissions).toEqual({ contents: 'read' });
  const used = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
  expect(used).not.toEqual([]);
  expect(used.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
});
