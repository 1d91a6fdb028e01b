import { globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const DOCUMENTS = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT });

const program = createProgram({
  version: '0',
  terminal: { out: () => {}, err: () => {} },
  context: () => Promise.reject(new Error('only looked at')),
  exit: () => {},
});

/** The text outside of blocks of code. */
const prose = (markdown: string): string => markdown.replace(/^```[\s\S]*?^```$/gm, '');

/** An anchor as GitHub makes it of a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

const anchors = (markdown: string): string[] =>
  [...prose(markdown).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchor(heading));

test.each(DOCUMENTS)('every link and picture of %s is there', (document) => {
  const targets = [...prose(read(document)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
  const broken = targets.filter((target) => {
    const [path = '', hash] = target.split('#');
    const file = path === '' ? document : join(dirname(document), path);
    const found = statSync(join(ROOT, file), { throwIfNoEntry: false }) !== undefined;
    return !found || (hash !== undefined && !anchors(read(file)).includes(hash));
  });
  expect(broken).toEqual([]);
});

test('each decision has a number of its own, without a gap', () => {
  const numbers = globSync('docs/decisions/*.md', { cwd: ROOT })
    .map((path) => Number(/(\d{4})-/.exec(path)?.[1]))
    .sort((a, b) => a - b);
  expect(numbers).toEqual(numbers.map((_, at) => at + 1));
});

test('every command and flag that the documents name is one that coppice has', () => {
  const common = ['--help', '--version', ...program.options.map(({ long }) => long)];
  const flags = new Map(
    program.commands.flatMap((command) =>
      [command.name(), ...command.aliases()].map((name) => [
        name,
        [...common, ...command.options.flatMap(({ long, short }) => [long, short])],
      ]),
    ),
  );
  const unknown = DOCUMENTS.flatMap((document) =>
    commandLines(read(document)).flatMap(({ line, name, used }) => {
      const known = flags.get(name);
      const wrong = known ? used.filter((flag) => !known.includes(flag)) : [name];
      return wrong.map((what) => `${document}: ${what} in ${line}`);
    }),
  );
  expect(unknown).toEqual([]);
});

/** `coppice …` in backticks, or as a line of a block. */
function commandLines(markdown: string) {
  const blocks = [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
    block.split('\n'),
  );
  const inline = [...prose(markdown).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...blocks, ...inline].flatMap((code) => {
    const line = /^coppice ([a-z].*)$/.exec(code.trim())?.[1];
    if (line === undefined) return [];
    const unquoted = line.replace(/"[^"]*"/g, '').replace(/\s#.*$/, '');
    const [name = '', ...words] = unquoted.split(/\s+/);
    return [{ line, name, used: words.filter((word) => /^--?[a-z]/.test(word)) }];
  });
}

test('every command of coppice is in the README, or in the manuals for operation and configuration', () => {
  const text = read('README.md') + read('docs/operations.md') + read('docs/configuration.md');
  const commands = program.commands.map((command) => `coppice ${command.name()}`);
  expect(commands.filter((command) => !text.includes(command))).toEqual([]);
});

test('operations.md has every COPPICE_ variable of the sources, and no other', () => {
  const variables = (text: string) => new Set(text.match(/\bCOPPICE_[A-Z_]+\b/g));
  const sources = globSync('src/**/*.{ts,sh}', { cwd: ROOT }).map(read).join('\n');
  expect([...variables(read('docs/operations.md'))].sort()).toEqual([...variables(sources)].sort());
});

test('lines for Temporal’s CLI in the README are those of temporal-cli.md, which are run', () => {
  const blocks = (markdown: string) =>
    [...markdown.matchAll(/^```sh\n(temporal [\s\S]*?)^```$/gm)].map(([, block]) => block);
  expect(blocks(read('README.md')).length).toBeGreaterThan(0);
  expect(blocks(read('docs/temporal-cli.md'))).toEqual(
    expect.arrayContaining(blocks(read('README.md'))),
  );
});
