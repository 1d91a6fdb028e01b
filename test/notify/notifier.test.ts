import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createNotifier } from '../../src/notify/notifier.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** A PATH with a notification program that records its arguments, one a line, and exits with `code`. */
function desktop(code = 0) {
  const directory = temporaryDirectory('notify');
  const shown = join(directory, 'shown');
  for (const name of ['notify-send', 'osascript']) {
    const program = join(directory, name);
    writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$@" >> '${shown}'\nexit ${code}\n`);
    chmodSync(program, 0o755);
  }
  return {
    env: { PATH: directory },
    shown: () => (existsSync(shown) ? readFileSync(shown, 'utf8').trim().split('\n') : []),
  };
}

test('a notification is shown on the desktop and written to the log, with its link', async () => {
  const { env, shown } = desktop();
  const log: string[] = [];
  const notifier = createNotifier({ desktop: true, log: (line) => log.push(line), env });
  await notifier.notify({ title: '#124 is stuck', text: 'Which one?', url: 'http://127.0.0.1/x' });
  expect(shown().slice(-3)).toEqual(['--', '#124 is stuck', 'Which one? http://127.0.0.1/x']);
  expect(log).toEqual(['#124 is stuck - Which one? - http://127.0.0.1/x']);
});

test('a title is shown as it is, whatever a shell or an option parser would make of it', async () => {
  const { env, shown } = desktop();
  const notifier = createNotifier({ desktop: true, log: () => {}, env });
  const title = '--help $(touch pwned) `id` "; rm -rf ~; \u001b[31mred\u001b[0m\nnext';
  await notifier.notify({ title, text: '-u critical' });
  expect(shown().slice(-3)).toEqual([
    '--',
    '--help $(touch pwned) `id` "; rm -rf ~; red next',
    '-u critical',
  ]);
});

test('without a desktop the log says so once and keeps every notification', async () => {
  const log: string[] = [];
  const env = { PATH: temporaryDirectory('empty') };
  const notifier = createNotifier({ desktop: true, log: (line) => log.push(line), env });
  await notifier.notify({ title: 'one', text: '' });
  await notifier.notify({ title: 'two', text: '' });
  expect(log).toEqual([
    'one',
    expect.stringMatching(/^no desktop notifications from here on: .*(notify-send|osascript)/),
    'two',
  ]);
});

test('a notification program that fails is asked once', async () => {
  const { env, shown } = desktop(1);
  const notifier = createNotifier({ desktop: true, log: () => {}, env });
  await notifier.notify({ title: 'one', text: 'x' });
  await notifier.notify({ title: 'two', text: 'x' });
  expect(shown()).toContain('one');
  expect(shown()).not.toContain('two');
});

test('desktop notifications can be turned off', async () => {
  const { env, shown } = desktop();
  const log: string[] = [];
  const notifier = createNotifier({ desktop: false, log: (line) => log.push(line), env });
  await notifier.notify({ title: 'one', text: 'x' });
  expect(shown()).toEqual([]);
  expect(log).toEqual(['one - x']);
});
