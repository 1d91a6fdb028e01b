import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDesktop } from '../../src/notify/notifier.ts';
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

test('a notification is shown on the desktop, as it is, whatever a shell or an option parser would make of it', async () => {
  const { env, shown } = desktop();
  const show = createDesktop({ log: () => {}, env });
  await show('#124 is stuck', 'Which one?');
  expect(shown().slice(-3)).toEqual(['--', '#124 is stuck', 'Which one?']);
  const title = '--help $(touch pwned) `id` "; rm -rf ~; \u001b[31mred\u001b[0m\nnext';
  await show(title, '-u critical');
  expect(shown().slice(-3)).toEqual([
    '--',
    '--help $(touch pwned) `id` "; rm -rf ~; red next',
    '-u critical',
  ]);
});

test('without a desktop the log says so once', async () => {
  const log: string[] = [];
  const env = { PATH: temporaryDirectory('empty') };
  const show = createDesktop({ log: (line) => log.push(line), env });
  await show('one', '');
  await show('two', '');
  expect(log).toEqual([
    expect.stringMatching(/^no desktop notifications from here on: .*(notify-send|osascript)/),
  ]);
});

test('a notification program that fails is asked once', async () => {
  const { env, shown } = desktop(1);
  const show = createDesktop({ log: () => {}, env });
  await show('one', 'x');
  await show('two', 'x');
  expect(shown()).toContain('one');
  expect(shown()).not.toContain('two');
});
