import { on } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { execa, execaSync } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { members } from '../../src/process/members.ts';
import { stopAll } from '../../src/process/stop.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const DEMO = fileURLToPath(new URL('../../scripts/demo.ts', import.meta.url));

const DEMO_LINE = `"${process.execPath}" "${DEMO}"`;

/** A shell line in which the demo finds a HOME that knows nothing, and a directory for temporary files of its own. */
function shell(line: string, more: Readonly<Record<string, string>> = {}) {
  const root = temporaryDirectory('demo');
  const [home, tmp] = [join(root, 'home'), join(root, 'tmp')];
  for (const directory of [home, tmp]) mkdirSync(directory);
  const { PATH, COPPICE_TEMPORAL_CLI, NODE_COMPILE_CACHE } = process.env;
  const child = execa(line, {
    shell: true,
    extendEnv: false,
    env: {
      PATH,
      COPPICE_TEMPORAL_CLI,
      NODE_COMPILE_CACHE,
      HOME: home,
      TMPDIR: tmp,
      COPPICE_CACHE: coppiceHome().cache,
      ...more,
    },
    all: true,
    reject: false,
  });
  const processes = () => members({ TMPDIR: tmp });
  onTestFinished(() => stopAll(processes, 10_000));
  const leftOver = () => ({
    files: readdirSync(tmp),
    processes: processes().map(
      ({ pid }) => execaSync({ reject: false })`ps -o args= -p ${pid}`.stdout,
    ),
  });
  return { child, leftOver };
}

/** Waits for a text in what a process says, from where the last one was found. */
function reader(stream: Readable): (text: string) => Promise<void> {
  let unread = '';
  const chunks = on(stream, 'data', { close: ['end'] });
  return async (text) => {
    for (;;) {
      const at = unread.indexOf(text);
      if (at >= 0) {
        unread = unread.slice(at + text.length);
        return;
      }
      const { value, done } = await chunks.next();
      if (done) throw new Error(`ended without: ${text}\n${unread}`);
      unread = stripVTControlCharacters(unread + value);
    }
  };
}

/** Leaves the first of three chosen, not the others: down, space, down, space, Enter. */
const ONLY_THE_FIRST = '\u001b[B \u001b[B \r';

const NOTHING = { files: [], processes: [] };

/** Many times what it takes on a machine that does nothing else, in milliseconds. */
const SLOW = 600_000;

test(
  'five issues become merged pull requests by themselves, and nothing is left of it',
  async () => {
    const { child, leftOver } = shell(`exec ${DEMO_LINE} --yes`);
    const { all, exitCode } = await child;
    expect(exitCode, all).toBe(0);
    expect(all).toMatch(/^2 +#127 +ready +#126 \(text\) +approval +Add SSO support$/m);
    expect(all).toContain('$ coppice run plan.yaml');
    for (const issue of [124, 126, 127])
      expect(all).toContain(`→ coppice guide ${issue} --approve`);
    expect(all).toMatch(/Temporal Web UI: http:\/\/127\.0\.0\.1:\d+/);
    expect(all).toMatch(/\[!\] #124 - STUCK .* - Implement auth flow\n {4}Reason: Token refresh/);
    expect(all).toContain('coppice guide 124 "Use sliding expiration with 15-minute window"');
    expect(all).toMatch(/\[\+\] #127 - PR READY - Add SSO support/);
    expect(all?.match(/^✓ /gm)).toHaveLength(13);
    expect(leftOver()).toEqual(NOTHING);
  },
  SLOW,
);

// util-linux's script(1) gives it a terminal.
test.runIf(process.platform === 'linux')(
  'a person at a terminal decides about the plan, guides #124, and Ctrl-C at the board leaves no process and no file',
  async () => {
    const { child, leftOver } = shell(
      `exec script -qefc 'stty rows 50 cols 120; exec ${DEMO_LINE}' /dev/null`,
    );
    const seen = reader(child.all);
    await seen('Which ones do you want to run one after the other?');
    child.stdin.write('\r');
    await seen('Which issues must wait for your approval after planning?');
    child.stdin.write(ONLY_THE_FIRST);
    await seen('How many agents may work at once?');
    child.stdin.write('\r');
    await seen('Run demo: 5 issues, ');
    await seen('Session #124 is stuck on Implement auth flow');
    await seen('Approve this plan?');
    child.stdin.write('\r');
    await seen('Context: User tokens expire after 1 hour, need seamless refresh');
    await seen('Enter sends it');
    child.stdin.write('\r');
    await seen('Active Sessions');
    child.stdin.write('\u0003');
    const { all, exitCode } = await child;
    expect(exitCode, all).toBe(130);
    expect(leftOver()).toEqual(NOTHING);
  },
);

test('a reader who has seen enough leaves no process and no file', async () => {
  const { child, leftOver } = shell(`${DEMO_LINE} --yes | sed '/REGISTERED/q'`);
  expect((await child).all).toContain('REGISTERED');
  expect(leftOver()).toEqual(NOTHING);
});

test('an agent that the demo doesn’t know is a line about its use', async () => {
  const { child, leftOver } = shell(`exec ${DEMO_LINE} --agent nobody`);
  const { all, exitCode } = await child;
  expect({ all, exitCode }).toEqual({
    all: 'demo: there is no agent nobody\nUsage: npm run demo -- [--agent scripted|claude|codex] [--yes] [--keep] [--help]',
    exitCode: 2,
  });
  expect(leftOver()).toEqual(NOTHING);
});

test('an agent that can’t be installed here is one clear line', async () => {
  const cache = temporaryDirectory('cache');
  const nowhere = { npm_config_registry: 'http://127.0.0.1:9', npm_config_fetch_retries: '0' };
  const line = `exec ${DEMO_LINE} --agent codex --yes`;
  const { child, leftOver } = shell(line, { ...nowhere, COPPICE_CACHE: cache });
  const { all, exitCode } = await child;
  expect(exitCode).toBe(1);
  expect(all).toMatch(
    /^The demo can't start: @openai\/codex can’t be installed here: .*127\.0\.0\.1:9.*\nClearing up$/m,
  );
  expect(readdirSync(join(cache, 'agents', 'codex'))).toEqual([]);
  expect(leftOver().processes).toEqual([]);
});
