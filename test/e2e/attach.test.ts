import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ExecaError, execa } from 'execa';
import { expect, onTestFinished, test, vi } from 'vitest';
import { identify } from '../../src/process/identity.ts';
import { down, up } from '../../src/service/service.ts';
import { COPPICE, coppice, type Ran } from '../support/cli.ts';
import { createEnvironment } from '../support/environment.ts';
import { expectQuestions } from '../support/questions.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const FAKE_CLAUDE = fileURLToPath(new URL('../support/fake-claude/main.ts', import.meta.url));

const PATIENCE = 90_000;

const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: PATIENCE, interval: 200 });

async function setScene() {
  const root = temporaryDirectory('attach');
  const claude = join(root, 'claude');
  const bin = join(root, 'bin');
  for (const directory of [claude, bin]) mkdirSync(directory);
  const program = join(bin, 'claude');
  writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${FAKE_CLAUDE} "$@"\n`);
  chmodSync(program, 0o755);
  const scene = await createEnvironment(root, {
    config: {
      agent: { adapter: 'claude', model: 'opus', env: ['FAKE_CLAUDE_DIR'] },
      policy: { planning: 'never' },
      // The agent tells of itself in files beside its worktree.
      sandbox: 'off',
    },
  });
  const { home, checkout } = scene;
  const env = {
    ...scene.env,
    PATH: `${bin}:${scene.env.PATH}`,
    FAKE_CLAUDE_DIR: claude,
    ANTHROPIC_API_KEY: 'sk-not-a-key',
  };
  const silent = { report: () => undefined };
  onTestFinished(async () => {
    writeFileSync(join(claude, 'leave'), '0');
    await down({ home, ...silent });
    for (const { pid } of scene.processes()) process.kill(pid, 'SIGKILL');
    await scene.close();
    expectQuestions(home, ['#123: Which way?']);
  });
  await up({ env, home, ...silent });
  const cli = (...args: string[]): Promise<Ran> => coppice(args, { cwd: checkout, env });
  const record = async (issue: number) =>
    JSON.parse((await cli('show', String(issue), '--json')).stdout).detail;
  return {
    ...scene,
    cli,
    record,
    becomes: (issue: number, status: string) =>
      eventually(async () => expect((await record(issue)).record.status).toBe(status)),
    /** Opens a session's agent, as a person would in another terminal. */
    attach(...args: string[]) {
      rmSync(join(claude, 'leave'), { force: true });
      rmSync(join(claude, 'opened'), { force: true });
      const child = execa(process.execPath, [COPPICE, 'attach', ...args], {
        ...{ cwd: checkout, env, extendEnv: false, reject: false, stdin: 'ignore' },
      });
      return {
        /** Not the whole of it: what the agent has open stays open. */
        die: async () => {
          child.kill('SIGKILL');
          await eventually(() => expect(identify(child.pid ?? 0)).toBeUndefined());
        },
        opened: () =>
          eventually(
            (): { args: string[]; env: Record<string, string>; pid: number; cwd: string } =>
              JSON.parse(readFileSync(join(claude, 'opened'), 'utf8')),
          ),
        leave: async (code: number): Promise<Ran> => {
          writeFileSync(join(claude, 'leave'), String(code));
          const { exitCode, stdout, stderr } = (await child) as ExecaError;
          return { exitCode: exitCode ?? -1, stdout: String(stdout), stderr: String(stderr) };
        },
      };
    },
    prompts: () => readFileSync(join(claude, 'prompts'), 'utf8').split('\n=====\n').slice(0, -1),
    gone: (pid: number) => eventually(() => expect(identify(pid)).toBeUndefined()),
  };
}

test('a stuck session is opened in a terminal in its worktree and conversation, and goes on as the person leaves it', {
  timeout: PATIENCE * 3,
}, async () => {
  const scene = await setScene();
  const { cli, record, becomes, attach, emulator } = scene;
  expect((await cli('run', '123', '--yes')).exitCode).toBe(0);
  await becomes(123, 'stuck');
  const { conversation, record: before } = await record(123);

  const first = attach('123');
  const { args, env, cwd, pid } = await first.opened();
  expect(args).toEqual(
    expect.arrayContaining(['--resume', conversation, '--setting-sources', 'user', 'opus']),
  );
  expect(args).not.toContain('-p');
  expect(cwd).toBe(before.worktreePath);
  expect(env).toMatchObject({ ANTHROPIC_API_KEY: 'sk-not-a-key', GIT_TERMINAL_PROMPT: '0' });
  expect(env).toHaveProperty('COPPICE_PORT');
  expect(Object.keys(env)).not.toContain('GITHUB_TOKEN');

  const status = await cli('status');
  expect(status.stdout).toContain('Attached in a terminal');
  const second = await cli('attach', '123');
  expect(second).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('attached in a terminal already'),
  });
  // The agent's exit code decides nothing, and nobody said that the question is settled.
  expect(await first.leave(7)).toMatchObject({
    exitCode: 0,
    stdout: '#123 is still stuck. Answer it: coppice guide 123 "…"',
    stderr: 'coppice: the agent exited with code 7',
  });
  expect((await record(123)).record).toMatchObject({ status: 'stuck' });

  // The terminal dies with all that is in it but the agent.
  await eventually(async () => expect((await record(123)).record.attachedSince).toBeNull());
  const dying = attach('123');
  const orphan = await dying.opened();
  await dying.die();
  expect((await record(123)).record.attachedSince).not.toBeNull();
  const third = attach('123', '--guidance', 'We went left');
  await scene.gone(orphan.pid);
  expect((await third.opened()).pid).not.toBe(pid);
  expect((await third.leave(0)).stdout).toContain('#123 continues');
  await becomes(123, 'complete');
  expect(scene.prompts()).toHaveLength(2);
  expect(scene.prompts()[1]).toContain('We went left');
  expect((await record(123)).conversation).toBe(conversation);

  // Of a terminal that is gone the session is also taken back by a word.
  const last = attach('123');
  const { pid: left } = await last.opened();
  await last.die();
  expect((await cli('resume', '123')).exitCode).toBe(0);
  await scene.gone(left);
  await eventually(async () => expect((await record(123)).record.attachedSince).toBeNull());

  await emulator.mergePullRequest(
    scene.repository,
    emulator.pullRequests(scene.repository)[0]?.number ?? 0,
  );
  await eventually(async () => expect((await record(123)).record.pullRequestState).toBe('merged'));
  const ended = await cli('attach', '123');
  expect(ended).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^coppice: \S.*$/) });
  expect(emulator.violations).toEqual([]);
});
