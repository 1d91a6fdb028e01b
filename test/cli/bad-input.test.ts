import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runInProcess } from '../support/cli.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { expectClear, world } from './world.ts';

const COMMANDS = [
  'up',
  'down',
  'ui',
  'init',
  'plan',
  'run',
  'status',
  'show',
  'guide',
  'answer',
  'approve',
  'open',
  'diff',
  'cancel',
  'logs',
  'prune',
  'worker',
  'config',
];

/** Nothing may be asked of anybody when the command line itself is wrong. */
const usage = async (args: readonly string[], line: RegExp) =>
  expectClear(await runInProcess(args), 2, line);

/** What no option, number or name may be mistaken for. */
const HOSTILE = [
  '$(touch /tmp/pwned)',
  '`id`',
  '; rm -rf ~',
  '&& id',
  '| cat /etc/passwd',
  '> /etc/passwd',
  '../../etc/passwd',
  '/etc/passwd',
  '..',
  '\u0000',
  '1\u00002',
  'one\ntwo',
  'one\r\ntwo',
  '\u001b[31mred\u001b[0m',
  '\u001b]0;title\u0007',
  '\u202egnp.exe',
  '🌳',
  'ｎｕｍｂｅｒ',
  "'; DROP TABLE issues; --",
  '%s%n',
  '{{issue}}',
  '$HOME',
  'x'.repeat(1_000_000),
];

/** Each value with a short name for the test. */
const named = (values: readonly string[]) =>
  values.map((value) => [JSON.stringify(value).slice(0, 30), value] as const);

describe('every command', () => {
  test.for(COMMANDS)('%s refuses an option it does not have', (command) =>
    usage([command, '--upload-pack=touch /tmp/x'], /unknown option '--upload-pack=touch \/tmp\/x'/),
  );

  test.for(COMMANDS)('%s refuses a short option it does not have', (command) =>
    usage([command, '-Z'], /unknown option '-Z'/),
  );

  test.for(COMMANDS)('%s has help and asks nobody for it', async (command) => {
    const { exitCode, stdout } = await runInProcess([command, '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Usage: coppice ${command}`);
    expect(stdout).toMatch(/--repo <owner\/name>[\s\S]*-C, --directory[\s\S]*--debug/);
  });

  test.for(
    COMMANDS.filter((command) => !['run', 'plan', 'cancel', 'answer', 'approve'].includes(command)),
  )('%s refuses more arguments than it takes', (command) =>
    usage([command, '1', '2', '3'], /too many arguments/),
  );

  test.for(COMMANDS)('%s refuses a directory that is not there', (command) =>
    usage([command, ...needed(command), '-C', '/no/such/directory'], /there is no such directory/),
  );

  test.for(COMMANDS)('%s refuses a repository that is none', (command) =>
    usage([command, ...needed(command), '--repo', 'acme'], /Give owner\/name/),
  );
});

const needed = (command: string): string[] =>
  ['run', 'plan', 'show', 'guide', 'approve', 'open', 'diff', 'logs'].includes(command)
    ? ['1']
    : [];

describe('a mistyped', () => {
  test.for([
    ['stauts', 'status'],
    ['staus', 'status'],
    ['prun', 'prune'],
    ['guid', 'guide'],
    ['log', 'logs'],
    ['donw', 'down'],
    ['cancle', 'cancel'],
    ['configs', 'config'],
  ] as const)('command %s is answered with %s', ([typed, meant]) =>
    usage([typed], new RegExp(`unknown command '${typed}' .*Did you mean .*${meant}`)),
  );

  test.for([
    [['run', '1', '--wrokers', '3'], '--workers'],
    [['run', '1', '--wach'], '--watch'],
    [['status', '--jsno'], '--json'],
    [['prune', '--dryrun'], '--dry-run'],
    [['up', '--forground'], '--foreground'],
    [['guide', '1', '--aprove'], '--approve'],
    [['status', '--rpo', 'acme/app'], '--repo'],
  ] as const)('option in %j is answered with %s', ([args, meant]) =>
    usage(args, new RegExp(`Did you mean .*${meant}`)),
  );

  test.for(named(HOSTILE))('command %s is named in one short line', ([, word]) =>
    usage([`z${word}`], /^coppice: unknown command 'z/),
  );
});

describe('an option’s value', () => {
  const numbers = ['', '0', '-1', '1.5', '1e2', '0x3', ' 3', '3 ', '٣', 'three', 'NaN', '101'];
  test.for(named([...numbers, '99999999999999999999', ...HOSTILE]))(
    '--workers %s is refused',
    ([, value]) =>
      usage(
        ['run', '1', `--workers=${value}`],
        /--workers <n>.* Give a whole number from 1 to 100/,
      ),
  );

  test.for(named(['-1', '65536', 'http', '80.5', '127.0.0.1:80', ...HOSTILE]))(
    '--port and --ui-port %s are refused',
    async ([, value]) => {
      await usage(['up', `--port=${value}`], /Give a whole number from 0 to 65535/);
      await usage(['up', `--ui-port=${value}`], /Give a whole number from 0 to 65535/);
    },
  );

  const repositories = [
    'acme',
    '/',
    'acme/',
    '/app',
    'a/b/c',
    'a b/c',
    '-x/y',
    'acme/..',
    'https://github.com/acme/app',
  ];
  test.for(named([...repositories, ...HOSTILE]))('--repo %s is refused', ([, value]) =>
    usage(['status', `--repo=${value}`], /Give owner\/name, for example acme\/app/),
  );

  test.for(named(['', '-x', '.x', 'A', 'a/b', 'a b', 'x'.repeat(64), '../x', ...HOSTILE]))(
    '--name %s is refused',
    ([, value]) => usage(['run', '1', `--name=${value}`], /Use small letters, digits/),
  );

  test.for(named(['', '-b', 'a..b', 'a b', '/a', 'a/', 'a.lock', 'HEAD^', 'a:b', '@{-1}']))(
    '--base %s is refused',
    ([, value]) => usage(['run', '1', `--base=${value}`], /Give a branch name that git allows/),
  );

  test.for([
    ['run', '1', '--workers'],
    ['run', '1', '--name'],
    ['run', '1', '--after'],
    ['status', '--run'],
    ['up', '--port'],
    ['guide', '1', '--file'],
    ['status', '--repo'],
    ['status', '-C'],
  ])('is asked for when it is missing: %j', (args) => usage(args, /argument missing/));
});

test('a mistake in a command names the help of that command, and one in its name the list of commands', async () => {
  await usage(['run'], /missing required argument 'issues' \(coppice run --help shows more\)$/);
  await usage(
    ['status', '--wach'],
    /Did you mean --watch\?\) \(coppice status --help shows more\)$/,
  );
  await usage(['statsu'], /Did you mean status\?\) \(coppice --help lists the commands\)$/);
  await usage(['workers', '0'], /coppice: '0' is no <n>\. Give a whole number from 1 to 100\. /);
});

describe('an issue', () => {
  const wrong = ['0', '-0', '+1', '1.0', '1e1', '２', '#', '2-1', 'app#1', '2147483648', ''];

  test.for(named([...wrong, ...HOSTILE]))('%s is refused by run, all at once', ([, text]) =>
    usage(['run', '--', '1', text, 'second'], /is not an issue.*; "second" is not an issue/),
  );

  test.for(
    named([...wrong, ...HOSTILE]).flatMap(([name, text]) =>
      ['show', 'guide', 'cancel', 'logs'].map((command) => [command, name, text] as const),
    ),
  )('%s refuses the issue %s', ([command, , text]) =>
    usage([command, ...(command === 'guide' ? ['--approve'] : []), '--', text], /is not an issue/),
  );

  test.for(named(['', ':', '1', '1:', ':1', '1:2:3', 'a:b', '1:2,', '--x:1', ...HOSTILE]))(
    '--after=%s is refused',
    ([, value]) => usage(['run', '1', `--after=${value}`], /is not an order: 127:126 means/),
  );

  test('of another repository than --repo is refused', () =>
    usage(
      ['show', 'https://github.com/acme/other/issues/1', '--repo', 'acme/app'],
      /is not an issue of acme\/app/,
    ));

  test.for(['run', 'show', 'guide', 'logs'])('must be given to %s', (command) =>
    usage([command], /missing required argument/),
  );
});

describe('guidance', () => {
  test.for(['', ' ', '\n\t ', '\u00a0'])('%j is empty, and refused', (text) =>
    usage(['guide', '1', text], /the guidance is empty/),
  );

  test('from an empty standard input is refused', async () =>
    expectClear(await runInProcess(['guide', '1', '-'], { input: '' }), 2, /is empty/));

  test('given twice is refused', () =>
    usage(
      ['guide', '1', 'text', '--file', 'x'],
      /as an argument, with --file or with --attempt, once/,
    ));

  test('from a file that is not there, or is none, is refused', async () => {
    const expected = { '/no/such/file': /there is no file/, '.': /is no file with text/ };
    for (const [file, line] of Object.entries({ ...expected, '/dev/null': expected['.'] }))
      expectClear(await runInProcess(['guide', '1', '--file', file]), 1, line);
  });

  test('of more than 64,000 characters is refused, wherever it comes from', async () => {
    const cwd = temporaryDirectory();
    const text = 'x'.repeat(1_000_000);
    writeFileSync(join(cwd, 'long'), text);
    const message = /more than 64000 characters/;
    expectClear(await runInProcess(['guide', '1', text]), 1, message);
    expectClear(await runInProcess(['guide', '1', '-'], { input: text }), 1, message);
    expectClear(await runInProcess(['guide', '1', '--file', 'long'], { cwd }), 1, message);
  });

  test.for(HOSTILE.filter((text) => text.length < 1_000 && text.trim() !== ''))(
    '%j arrives as it is',
    async (text) => {
      const { services, asked } = world();
      expect(await runInProcess(['guide', '124', '--', text], { services })).toMatchObject({
        exitCode: 0,
      });
      expect(asked.guidance).toEqual([[124, { text: text.trim(), action: 'answer' }]]);
    },
  );
});

describe('what does not go together', () => {
  test.for([
    [['cancel'], /name an issue to cancel its session, or a run/],
    [['cancel', '1', '--run', 'x'], /name an issue to cancel its session, or a run/],
    [['status', '--watch', '--json'], /--watch and --json exclude each other/],
  ] as const)('%j', ([args, line]) => usage(args, line));
});

test('no command at all shows what there is', async () => {
  const { exitCode, stderr } = await runInProcess([]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('Usage: coppice');
});

test('an unexpected error is one line, and says how to see more', async () => {
  const services = { checkout: async () => Promise.reject(new TypeError('x is not a function')) };
  const ran = await runInProcess(['status'], { services });
  expectClear(
    ran,
    1,
    /^coppice: x is not a function \(this was not expected; --debug shows where\)$/,
  );
  const debugged = await runInProcess(['status', '--debug'], { services });
  expect(debugged.stderr).toMatch(/\n\s+at .*bad-input\.test\.ts/);
});
