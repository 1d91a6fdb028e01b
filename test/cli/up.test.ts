import { expect, test } from 'vitest';
import { runInProcess } from '../support/cli.ts';
import { repository } from './records.ts';
import { world } from './world.ts';

test('up tells of sessions that were closed from outside, and how to take them up again', async () => {
  const left = [{ repository, issue: 124, worktree: '/person/app-issue-124' }];
  const { services } = world({ left });
  const { exitCode, stderr } = await runInProcess(['up'], { services });
  expect(exitCode).toBe(0);
  expect(stderr).toContain(
    'acme/app#124 was closed from outside; its work is in /person/app-issue-124',
  );
  expect(stderr).toContain('coppice run 124');
});

test('up prints what a shell takes as it stands, also where the path has spaces', async () => {
  const { services } = world();
  const state = await services.up?.({});
  if (!state) throw new Error('no state');
  const lineFor = async (profile: string) => {
    const up = async () => ({ ...state, profile });
    return (await runInProcess(['up'], { services: { ...services, up } })).stdout;
  };
  expect(await lineFor('/home/ada/client.toml')).toContain(
    'export TEMPORAL_CONFIG_FILE=/home/ada/client.toml',
  );
  expect(await lineFor("/home/ada's ünï/client.toml")).toContain(
    "export TEMPORAL_CONFIG_FILE='/home/ada'\\''s ünï/client.toml'",
  );
});
