import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Config } from '../../src/config/schema.ts';
import { runInProcess } from '../support/cli.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { world } from './world.ts';

test('coppice sandbox --explain lists what is open, each with its reason, and nothing else of the home', async () => {
  const home = temporaryDirectory('person');
  for (const directory of ['.nvm', '.ssh', 'bin', 'fixtures', '.claude'])
    mkdirSync(join(home, directory));
  writeFileSync(join(home, '.claude/settings.json'), '{}');
  const config = Config.parse({
    access: { read: ['~/fixtures'], write: ['~/.cache/tool'], hosts: ['docs.test'] },
  });
  const { services } = world({ config });
  const { stdout } = await runInProcess(['sandbox', '--explain'], {
    services,
    env: { HOME: home, PATH: `${home}/bin:/usr/bin` },
  });
  expect(stdout.split('\n').filter((line) => line.includes(home))).toEqual([
    `    ${home}/bin`,
    `    ${home}/.nvm`,
    `    ${home}/fixtures`,
    `    ${home}/.claude/settings.json`,
    `  ${home}/.cache/tool`,
  ]);
  expect(stdout).toMatch(/ {2}access.read of coppice.yaml:\n {4}\S+fixtures\n/);
  expect(stdout).toContain('  docs.test');
});
