import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { COPPICE, runInProcess } from '../support/cli.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { NOW, record } from './records.ts';
import { expectClear, world } from './world.ts';

const stored = [
  record(124, { status: 'stuck', issueTitle: 'Implement auth flow' }),
  record(125),
].map((one) => ({
  ...{ repository: one.repository, issue: one.issueNumber },
  last: {
    asOf: NOW.toISOString(),
    detail: {
      ...{ record: one, stuck: null, plan: '', turns: [], conversation: null, guidance: [] },
      ...{ agent: null, terminal: null, remarks: [], refused: [] },
    },
  },
}));

const complete = async (...words: string[]) => {
  const { services } = world({ stored });
  const { stdout, stderr } = await runInProcess(['complete', '--', ...words], { services });
  expect(stderr).toBe('');
  return stdout.split('\n').map((line) => line.split('\t')[0]);
};

test('commands are completed, and options of a command', async () => {
  expect(await complete('sh')).toEqual(['show']);
  expect(await complete('--debug', 'ans')).toEqual(['answer']);
  expect(await complete('guide', '124', '--a')).toEqual(
    expect.arrayContaining(['--approve', '--attempt', '--allow']),
  );
  expect(await complete('completion', 'z')).toEqual(['zsh']);
});

test('issues of the sessions are completed, also after another name of a command', async () => {
  expect(await complete('show', '')).toEqual(['124', '125']);
  expect(await complete('stop', '125')).toEqual(['125']);
  expect(await complete('approve', '124', '12')).toEqual(['124', '125']);
  const { services } = world({ stored });
  const { stdout } = await runInProcess(['complete', '--', 'show', '124'], { services });
  expect(stdout).toBe('124\tstuck: Implement auth flow');
});

test('nothing is proposed for the value of an option, or outside of a checkout', async () => {
  expect(await complete('guide', '124', '--budget', '')).toEqual(['']);
  const { services } = world({ stored });
  const ran = await runInProcess(['complete', '--', 'show', ''], { services, cwd: '/nowhere' });
  expect(ran).toMatchObject({ exitCode: 0, stdout: '' });
});

test('a shell that is not known is refused', async () => {
  expectClear(await runInProcess(['completion', 'tcsh'], {}), 2, /bash, zsh, fish/);
});

test('bash completes by the script', async () => {
  const directory = temporaryDirectory('completion');
  const script = join(directory, 'script');
  const { stdout } = await runInProcess(['completion', 'bash'], {});
  const shim = `coppice() { '${process.execPath}' '${COPPICE}' "$@"; }`;
  writeFileSync(
    script,
    `${shim}\n${stdout}\nCOMP_WORDS=(coppice pru)\nCOMP_CWORD=1\n_coppice\necho "\${COMPREPLY[@]}"\n`,
  );
  const ran = await execa('bash', [script], { cwd: directory });
  expect(ran.stdout).toBe('prune');
});
