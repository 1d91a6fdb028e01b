import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { statFields } from '../../src/process/identity.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const MODULE = join(import.meta.dirname, '..', '..', 'src', 'process', 'stop-points.ts');

/** A process that comes to two points, and ends. */
function passing(env: NodeJS.ProcessEnv) {
  const code = `const { passStopPoint } = await import(${JSON.stringify(MODULE)});
    passStopPoint('before git push');
    passStopPoint('after git push');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    env: { PATH: process.env.PATH, ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

test.skipIf(process.platform !== 'linux')(
  'a process is stopped at the point that a test names, says so, and goes on when it is let',
  async () => {
    const file = join(temporaryDirectory('stop-point'), 'point');
    writeFileSync(file, 'after git push');
    const child = passing({ COPPICE_TEST_STOP_POINT: file });
    const ended = once(child, 'exit');
    await eventually(() => expect(statFields(child.pid ?? 0)?.[0]).toBe('T'));
    expect(existsSync(`${file}.${child.pid}`)).toBe(true);
    expect(existsSync(file)).toBe(false);
    child.kill('SIGCONT');
    expect(await ended).toEqual([0, null]);
  },
);

test('without a test nothing is stopped, and at other points neither', async () => {
  const file = join(temporaryDirectory('stop-point'), 'point');
  writeFileSync(file, 'before git fetch');
  for (const env of [{}, { COPPICE_TEST_STOP_POINT: file }])
    expect(await once(passing(env), 'exit')).toEqual([0, null]);
  expect(existsSync(file)).toBe(true);
});
