import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { identify, isRunning } from '../../src/process/identity.ts';
import { serviceIn } from './support/service.ts';

type Service = ReturnType<typeof serviceIn>;

/** A terminal with the service in its foreground; `lines` is what it shows. */
async function foreground({ env, options, state }: Service) {
  const program = join(import.meta.dirname, 'support', 'foreground.ts');
  const child: ChildProcess = spawn(process.execPath, [program, options.worker ?? ''], { env });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  child.stdout?.on('data', (data) => (text += data));
  child.stderr?.on('data', (data) => (text += data));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await expect.poll(() => text).toContain('Ctrl-C stops the service');
  const running = Object.values(state()?.pids ?? {}).flatMap((pid) => identify(pid) ?? []);
  return { child, ended, running, text: () => text };
}

it('Ctrl-C in the foreground ends everything gently', async () => {
  const service = serviceIn();
  const { child, ended, running, text } = await foreground(service);
  expect(running).toHaveLength(3);
  expect(text()).toContain(`Temporal: ${service.state()?.address}, Web UI: http://127.0.0.1:`);
  await expect(service.up()).resolves.toMatchObject({ pids: { service: child.pid } });
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  expect(running.filter(isRunning)).toEqual([]);
  expect(service.events().at(-1)).toBe('drained, the server still answered');
});

it('a second Ctrl-C says how to force the end, and the third forces it', async () => {
  const service = serviceIn(undefined, { FAKE_WORKER: 'slow' });
  const { child, ended, running, text } = await foreground(service);
  child.kill('SIGINT');
  await expect.poll(() => service.events()).toContain('draining');
  child.kill('SIGINT');
  await expect.poll(text).toContain('Ctrl-C once more kills the worker');
  expect(running.every(isRunning)).toBe(true);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  expect(running.filter(isRunning)).toEqual([]);
});

it('a second service in the foreground is refused', async () => {
  const service = serviceIn();
  const { pids } = await service.up();
  const program = join(import.meta.dirname, 'support', 'foreground.ts');
  const child = spawn(process.execPath, [program], { env: service.env });
  let text = '';
  child.stdout.on('data', (data) => (text += data));
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(1);
  expect(text).toBe(
    `the service runs already, as process ${pids.service}: stop it with coppice down\n`,
  );
});
