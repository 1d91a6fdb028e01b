import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { withDefaults } from '../../../src/domain/session/options.ts';
import { ReportedOutcome, type TurnKind } from '../../../src/domain/session/turn.ts';
import { SAMPLE_ISSUES, TOKEN_REFRESH, TOKEN_REFRESH_GUIDANCE } from '../sample/issues.ts';
import { samplePlays } from '../sample/plays.ts';
import { createSampleRepository } from '../sample/repository.ts';
import { temporaryDirectory } from '../temporary.ts';
import type { Script } from './script.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

interface Turn {
  readonly kind?: TurnKind;
  readonly guidance?: string;
  readonly env?: Record<string, string>;
}

/** A turn of the scripted agent in `cwd`, without Coppice around it. */
function turn(cwd: string, issue: number, { kind, guidance, env }: Turn = {}) {
  return execa(process.execPath, [MAIN], {
    cwd,
    input: `Issue #${issue}\n${guidance === undefined ? '' : `\n## Guidance\n\n${guidance}\n`}`,
    env: {
      COPPICE_TURN_KIND: kind ?? (guidance === undefined ? 'implement' : 'guidance'),
      SCRIPTED_AGENT_DELAY: '0',
      ...env,
    },
  });
}

function outcome(cwd: string): ReportedOutcome {
  return ReportedOutcome.parse(
    JSON.parse(readFileSync(join(cwd, '.coppice/outcome.json'), 'utf8')),
  );
}

async function sample() {
  const directory = temporaryDirectory('scripted-agent');
  await createSampleRepository(directory);
  await appendFile(join(directory, '.git/info/exclude'), '.coppice/\n');
  const git = async (...args: string[]) => (await execa('git', args, { cwd: directory })).stdout;
  return { directory, git };
}

/** A script for issue #1 in a file of its own. */
function scripted(steps: Script[string]['steps']): Record<string, string> {
  const file = join(temporaryDirectory('script'), 'script.json');
  writeFileSync(file, JSON.stringify({ 1: { steps } } satisfies Script));
  return { SCRIPTED_AGENT_SCRIPT: file };
}

test('the sample repository is the same commit wherever it is made', async () => {
  const [one, other] = [await sample(), await sample()];
  expect(await one.git('rev-parse', 'main')).toBe(await other.git('rev-parse', 'main'));
});

test('every issue of the sample is done on its own branch, and the branches merge', async () => {
  const { directory, git } = await sample();
  for (const { number, after } of SAMPLE_ISSUES) {
    const base = after.length > 0 ? `issue-${after[0]}` : 'main';
    await git('switch', '--quiet', '--create', `issue-${number}`, base);
    await rm(join(directory, '.coppice'), { recursive: true, force: true });
    await turn(directory, number, { kind: 'plan' });
    expect(readFileSync(join(directory, '.coppice/plan.md'), 'utf8')).not.toBe('');
    const { stdout } = await turn(directory, number);
    if (number === 124) await turn(directory, number, { guidance: TOKEN_REFRESH_GUIDANCE });
    expect(stdout).toContain('standing in for a model');
    expect(outcome(directory)).toMatchObject({ kind: 'done' });
    const { feedback = [] } = samplePlays([])[number] ?? {};
    for (const id of feedback.keys())
      await turn(directory, number, { kind: 'feedback', env: { COPPICE_TURN: `turn-${id}` } });
    expect(await git('rev-list', '--count', `${base}..`)).toBe(String(1 + feedback.length));
    expect(await git('status', '--porcelain')).toBe('');
  }
  await git('switch', '--quiet', 'main');
  for (const { number } of SAMPLE_ISSUES)
    await execa({
      cwd: directory,
    })`git -c user.name=me -c user.email=me@example.com merge --quiet issue-${number}`;
  await execa(process.execPath, ['--test'], { cwd: directory });
});

test('a turn on feedback answers each point, and when it is broken off does not begin the next', async () => {
  const { directory, git } = await sample();
  await turn(directory, 123);
  const env = { COPPICE_TURN: 'one' };
  const points = '[comment:1] @ann commented (u):\nx\n\n[reply:2] @bob wrote (u):\ny';
  for (const _ of ['first', 'again'])
    await turn(directory, 123, { kind: 'feedback', guidance: points, env });
  expect(outcome(directory)).toMatchObject({
    kind: 'done',
    replies: [
      { to: 'comment:1', text: 'Changed as you say.' },
      { to: 'reply:2', text: 'Changed as you say.' },
    ],
  });
  expect(await git('rev-list', '--count', 'HEAD')).toBe('3');
  await turn(directory, 123, { kind: 'feedback', env: { COPPICE_TURN: 'two' } });
  expect(outcome(directory)).toMatchObject({ summary: 'Nothing had to be changed.' });
});

test('#124 asks how to refresh tokens, and does what it is told', async () => {
  const { directory, git } = await sample();
  await turn(directory, 124);
  const options = withDefaults(TOKEN_REFRESH.options);
  expect(outcome(directory)).toEqual({ kind: 'stuck', ...TOKEN_REFRESH, options });
  await turn(directory, 124, { kind: 'nudge' });
  expect(outcome(directory).kind).toBe('stuck');
  await turn(directory, 124, { guidance: 'Sliding expiration, but a 20-minute window' });
  expect(outcome(directory)).toMatchObject({ kind: 'done' });
  expect(await git('show', 'HEAD:src/auth/session.js')).toContain('REFRESH_WINDOW_MINUTES = 20');
});

test('#124 can be told the other option', async () => {
  const { directory, git } = await sample();
  await turn(directory, 124, { guidance: 'fixed expiration' });
  expect(await git('show', 'HEAD:src/auth/session.js')).toContain('Fixed expiration');
});

test('#127 fails without an outcome where the work of #126 is missing', async () => {
  const { directory } = await sample();
  await expect(turn(directory, 127)).rejects.toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('src/auth/service.js has no'),
  });
  expect(existsSync(join(directory, '.coppice/outcome.json'))).toBe(false);
});

test('an agent killed between edit and commit goes on where it was', async () => {
  const [killed, spared] = [await sample(), await sample()];
  const pauseFile = join(temporaryDirectory('pause'), 'pause');
  writeFileSync(pauseFile, '');
  const env = { SCRIPTED_AGENT_PAUSE_FILE: pauseFile };
  const first = turn(killed.directory, 125, { env });
  const mark = `${pauseFile}.125`;
  await expect.poll(() => existsSync(mark) && readFileSync(mark, 'utf8')).toBe(String(first.pid));
  first.kill('SIGKILL');
  await expect(first).rejects.toMatchObject({ signal: 'SIGKILL' });
  expect(await killed.git('rev-list', '--count', 'HEAD')).toBe('1');

  await rm(pauseFile);
  const { stdout } = await turn(killed.directory, 125, { env });
  await turn(spared.directory, 125);
  expect(stdout).toMatch(/Going on after \d+ steps/);
  expect(await killed.git('rev-list', '--count', 'HEAD')).toBe('2');
  expect(await killed.git('rev-parse', 'HEAD^{tree}')).toBe(
    await spared.git('rev-parse', 'HEAD^{tree}'),
  );
});

test('work that is there is not done twice, even by an agent that forgot it', async () => {
  const { directory, git } = await sample();
  for (const kind of ['implement', 'nudge'] as const) {
    await turn(directory, 126, { kind });
    expect(outcome(directory).kind).toBe('done');
    expect(await git('rev-list', '--count', 'HEAD')).toBe('2');
    await rm(join(directory, '.coppice'), { recursive: true });
  }
});

test('a script makes the agent misbehave: no outcome, an exit code, output', async () => {
  const { directory } = await sample();
  const env = scripted([
    { do: 'say', text: 'hm' },
    { do: 'exit', code: 3 },
    { do: 'done', summary: 'after all' },
  ]);
  await expect(turn(directory, 1, { env })).rejects.toMatchObject({
    exitCode: 3,
    stdout: expect.stringContaining('hm'),
  });
  await turn(directory, 1, { kind: 'nudge', env });
  expect(outcome(directory)).toEqual({ kind: 'done', summary: 'after all' });
});

test('one guidance answers one question of a script', async () => {
  const { directory, git } = await sample();
  const env = scripted([
    { do: 'ask', decision: 'Which name?' },
    { do: 'write', path: 'name', content: '{{answer}}' },
    { do: 'commit', message: 'Name it' },
    { do: 'ask', decision: 'Anything else?' },
    { do: 'done', summary: 'named {{answer}}' },
  ]);
  await turn(directory, 1, { guidance: 'Ada', env });
  expect(outcome(directory)).toMatchObject({ kind: 'stuck', decision: 'Anything else?' });
  expect(await git('show', 'HEAD:name')).toBe('Ada');
  await turn(directory, 1, { guidance: 'no', env });
  expect(outcome(directory)).toEqual({ kind: 'done', summary: 'named no' });
});

test.skipIf(process.platform !== 'linux')(
  'its diary tells what it was told, what it committed, and which agents ran beside it',
  async () => {
    const { directory, git } = await sample();
    const file = join(temporaryDirectory('diary'), 'diary.jsonl');
    const other = execa({ reject: false })`sleep 60`;
    const stat = readFileSync(`/proc/${other.pid}/stat`, 'utf8').split(' ');
    writeFileSync(
      file,
      `${JSON.stringify({ what: 'began', issue: '123', pid: other.pid, started: stat[21] })}\n`,
    );
    const env = { SCRIPTED_AGENT_DIARY: file, COPPICE_TURN: 'first' };
    await turn(directory, 123, { env });
    other.kill('SIGKILL');
    await other;
    await turn(directory, 123, { kind: 'feedback', env: { ...env, COPPICE_TURN: 'second' } });
    const entries = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line));
    expect(entries.slice(0, 4)).toMatchObject([
      { what: 'began', issue: '123', turn: 'first', prompt: 'Issue #123\n' },
      { what: 'beside', others: [other.pid] },
      {
        what: 'committed',
        commit: await git('rev-parse', 'HEAD~1'),
        patch: expect.stringMatching(/^[0-9a-f]{40}$/),
      },
      { what: 'ended' },
    ]);
    expect(entries.slice(4)).toContainEqual(
      expect.objectContaining({ what: 'beside', others: [] }),
    );
  },
);
