import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { transcript } from '../../../src/agents/turn/transcript.ts';
import { AgentSettings } from '../../../src/domain/settings/agent-settings.ts';
import { Trial } from '../support.ts';

async function linesOf(trial: Trial, follow = false): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of transcript({ turns: trial.turns }, trial.turn.id, { follow }))
    lines.push(line);
  return lines;
}

test('a transcript of any program is what it printed, then its errors and the outcome', async () => {
  const trial = new Trial(
    `printf 'one\\n\\033[32mtwo\\033[0m\\a\\n\\nthree'; echo oops >&2; done_`,
  );
  await trial.run();
  expect(await linesOf(trial)).toEqual(['one', 'two', 'three', '! oops', '= done']);
});

test('a transcript of Claude Code has its words, tools and cost', async () => {
  const fixture = join(import.meta.dirname, '..', 'fixtures', 'claude-2.1.330-stream.jsonl');
  const trial = new Trial(`cat ${fixture}; done_`);
  const settings = AgentSettings.parse({ command: trial.turn.settings.command });
  Object.assign(trial.turn, { settings });
  await trial.run();
  expect(await linesOf(trial)).toEqual([
    '> Bash echo hi > hello.txt',
    'Done: hello.txt written.',
    '= done, $0.00, 20 tokens in, 10 out',
  ]);
});

test('a followed transcript goes on over attempts until the turn has ended', async () => {
  const trial = new Trial(
    '[ $COPPICE_RESUME = 1 ] && { echo again; until_ go; echo last; done_; }; echo first; until_ never',
  );
  const ending = trial.run();
  const seen: string[] = [];
  const following = (async () => {
    for await (const line of transcript({ turns: trial.turns }, trial.turn.id, { follow: true })) {
      seen.push(line);
      if (line === 'first') process.kill((await trial.started(1)).pid, 'SIGKILL');
      if (line === 'again') trial.allow('go');
    }
  })();
  await Promise.all([ending, following]);
  expect(seen.filter((line) => !line.startsWith('!'))).toEqual([
    'first',
    '── attempt 2',
    'again',
    'last',
    '= done',
  ]);
});

test('a followed transcript ends when it is told to, and one of an unknown turn is empty', async () => {
  const trial = new Trial('echo first; until_ go; done_');
  expect(await linesOf(trial)).toEqual([]);
  const ending = trial.run();
  const controller = new AbortController();
  const options = { follow: true, signal: controller.signal };
  for await (const line of transcript({ turns: trial.turns }, trial.turn.id, options)) {
    expect(line).toBe('first');
    controller.abort();
  }
  trial.allow('go');
  await ending;
});

test('a transcript survives a journal of anything', async () => {
  const trial = new Trial('done_');
  await trial.run();
  const journal = join(trial.turns, trial.turn.id, 'attempt-1', 'journal');
  appendFileSync(journal, Buffer.from([0xff, 0x00, 0x1b, 0x0a]));
  expect(await linesOf(trial)).toEqual(['\uFFFD', '= done']);
});
