import { expect, test } from 'vitest';
import { runInProcess } from '../support/cli.ts';
import { world } from './world.ts';

test('coppice ui prints a link to the Web UI that logs a browser in', async () => {
  const { services } = world();
  const { exitCode, stdout } = await runInProcess(['ui'], { services });
  expect([exitCode, stdout]).toEqual([0, 'http://127.0.0.1:8233/ with login']);
});

test('without a service it says how to start one', async () => {
  const { services } = world({ board: null });
  const { exitCode, stderr } = await runInProcess(['ui'], { services });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('start the service with `coppice up`');
});
