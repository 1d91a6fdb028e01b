import { expect, test } from 'vitest';
import type { Availability } from '../../../src/agents/sandbox/availability.ts';
import { Config } from '../../../src/config/schema.ts';
import { runInProcess } from '../../support/cli.ts';
import { expectClear, world } from '../world.ts';

const missing: Availability = {
  available: false,
  reason: 'bwrap is missing',
  install: 'apt-get install -y bubblewrap',
};

const run = async (mode: 'auto' | 'required' | 'off', sandbox?: Availability) => {
  const config = Config.parse({ sandbox: mode });
  const { services, asked } = world({ config, ...(sandbox && { sandbox }) });
  return { ...(await runInProcess(['run', '11'], { services })), runs: asked.runs.length };
};

test('a run whose sandbox is required is refused where there is none, with what installs it', async () => {
  const refused = await run('required', missing);
  expectClear(
    refused,
    1,
    /bwrap is missing.*: apt-get install -y bubblewrap; or set `sandbox: off` in coppice.yaml/,
  );
  expect(refused.runs).toBe(0);
  expect(await run('required')).toMatchObject({ exitCode: 0, runs: 1 });
});

test('a run says once that its agents have no sandbox, and why', async () => {
  expect((await run('auto', missing)).stderr.match(/bwrap is missing.*apt-get/g)).toHaveLength(1);
  expect((await run('off')).stderr).toMatch(/sandbox: off, so agents .* can read your files/);
  expect(await run('auto')).toMatchObject({ exitCode: 0, stderr: '', runs: 1 });
});
