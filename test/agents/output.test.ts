import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { attemptsOf } from '../../src/agents/turn/attempt.ts';
import { transcript } from '../../src/agents/turn/transcript.ts';
import { AgentSettings } from '../../src/domain/settings/agent-settings.ts';
import { members } from '../../src/process/members.ts';
import { Trial, until } from './support.ts';

const MB = 1024 * 1024;

/** As the supervisor keeps a journal: when it takes more, it is shortened. */
const MOST = 16 * MB;

const fixture = join(import.meta.dirname, 'fixtures', 'claude-2.1.330-stream.jsonl');
const CONVERSATION = '22222222-2222-4222-8222-222222222222';

/** What Claude Code prints of one answer, over and over. */
const CHATTER = JSON.stringify({
  type: 'assistant',
  message: { content: [{ type: 'text', text: 'thinking '.repeat(100) }] },
});

/** Bytes on disk of an attempt's journal, and its length. */
function journal(trial: Trial, attempt = 1) {
  const path = join(trial.turns, trial.turn.id, `attempt-${attempt}`, 'journal');
  const { blocks, size } = statSync(path);
  return { taken: blocks * 512, size };
}

/** A turn of what speaks as Claude Code does. */
function claudes(script: string): Trial {
  const trial = new Trial(`chatter() { yes '${CHATTER}' | head -c "$1"; echo; }\n${script}`);
  const settings = AgentSettings.parse({ command: trial.turn.settings.command });
  return Object.assign(trial, { turn: { ...trial.turn, settings } });
}

async function follow(trial: Trial, seen: string[]): Promise<string[]> {
  for await (const line of transcript({ turns: trial.turns }, trial.turn.id, { follow: true }))
    if (!line.startsWith('thinking')) seen.push(line);
  return seen;
}

test('a journal of 100 MB takes a few while its agent works; watcher, follower and result survive that', async () => {
  const trial = claudes(`
    head -n 2 ${fixture}; chatter 100000000; until_ go; tail -n +3 ${fixture}; done_`);
  const watcher = trial.runElsewhere();
  await trial.started(1);
  const seen: string[] = [];
  const followed = follow(trial, seen);
  await until(() => journal(trial).size > 100_000_000 && journal(trial).taken <= MOST);
  watcher.kill('SIGKILL');
  const ending = trial.run();
  trial.allow('go');
  expect(await ending).toMatchObject({
    outcome: { kind: 'done' },
    conversation: CONVERSATION,
    tokens: { input: 20, output: 10 },
    attempts: 1,
  });
  expect((await followed).slice(-2)).toEqual([
    'Done: hello.txt written.',
    '= done, $0.00, 20 tokens in, 10 out',
  ]);
  const afterwards = await follow(trial, []);
  expect(afterwards[0]).toBe('> Bash echo hi > hello.txt');
  expect(afterwards[1]).toMatch(/^… 9\d{7} bytes left out$/);
});

test('an agent that was killed after 100 MB is resumed in its conversation', async () => {
  const trial = claudes(`
    case "$*" in *--resume*) echo "$*" >"$AGENT_DIR/arguments"; cat ${fixture}; done_;; esac
    head -n 2 ${fixture}; chatter 100000000; until_ never`);
  const ending = trial.run();
  const { pid } = await trial.started(1);
  await until(() => journal(trial).size > 100_000_000);
  process.kill(pid, 'SIGKILL');
  expect(await ending).toMatchObject({ outcome: { kind: 'done' }, attempts: 2 });
  expect(journal(trial).taken).toBeLessThanOrEqual(MOST);
  expect(readFileSync(join(trial.directory, 'arguments'), 'utf8')).toContain(
    `--resume ${CONVERSATION}`,
  );
});

test('its errors take no more either, and their end is told', async () => {
  const trial = new Trial(`yes error | head -c 50000000 >&2; echo "no such luck" >&2; exit 3`);
  expect((await trial.run()).outcome).toMatchObject({
    kind: 'failed',
    tail: expect.stringMatching(/no such luck$/),
  });
  const { directory } = attemptsOf(trial.turns, trial.turn.id)[0] ?? { directory: '' };
  expect(statSync(join(directory, 'stderr')).blocks * 512).toBeLessThanOrEqual(MOST);
});

test('an agent that prints without end is stopped, and has failed', async () => {
  // As long as if it had printed so much, in no time.
  const trial = new Trial('truncate -s 1025M /proc/self/fd/1; until_ never');
  expect((await trial.run()).outcome).toMatchObject({
    kind: 'failed',
    reason: 'printed more than 1 GB',
  });
  expect(trial.starts()).toHaveLength(1);
});

test.runIf(process.platform === 'linux')(
  'what owns a turn takes at most 8 MB of memory',
  async () => {
    const trial = new Trial('until_ go; done_');
    const ending = trial.run();
    const agent = await trial.started(1);
    const owners = () =>
      members({ COPPICE_TURN: trial.turn.id }).filter(({ pid }) => !isBelow(pid, agent.pid));
    await until(() => owners().length > 1);
    const kilobytes = owners().map(({ pid }) => Number(status(pid, 'VmRSS')));
    expect(kilobytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(8 * 1024);
    trial.allow('go');
    await ending;
  },
);

function status(pid: number, field: string): string {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? '';
}

const isBelow = (pid: number, ancestor: number): boolean =>
  pid === ancestor || (pid > 1 && isBelow(Number(status(pid, 'PPid')), ancestor));
