import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { Config, sessionSettings } from '../../src/config/schema.ts';
import { SessionSettings } from '../../src/domain/settings/session-settings.ts';
import { CoppiceError } from '../../src/domain/shared/failure.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Every line that reading `text` complains in. */
function problems(text: string): string[] {
  try {
    parseConfig(text, 'f');
    return [];
  } catch (error) {
    if (!(error instanceof CoppiceError && error.type === 'InvalidConfig')) throw error;
    return error.details === '' ? [error.message] : error.details.split('\n');
  }
}

test('without a file every setting has its default', async () => {
  const config = await loadConfig(temporaryDirectory());
  expect(config).toEqual(Config.parse({}));
  expect(config).toMatchObject({
    workers: 3,
    branch: 'issue-{issue}',
    agent: { adapter: 'claude' },
  });
});

test('a file is read from the top of the checkout', async () => {
  const checkout = temporaryDirectory();
  writeFileSync(join(checkout, 'coppice.yaml'), 'workers: 5\npolicy:\n  turnTimeout: 90s\n');
  expect(await loadConfig(checkout)).toMatchObject({ workers: 5, policy: { turnTimeout: 90 } });
});

test.each(['coppice.yml', '.coppice.yaml'])('a file called %s is not passed over', async (name) => {
  const checkout = temporaryDirectory();
  writeFileSync(join(checkout, name), 'sandbox: required\n');
  await expect(loadConfig(checkout)).rejects.toThrow(
    `${join(checkout, name)} is not read under this name: rename it to coppice.yaml`,
  );
});

test('a key with a former name is read, and its problems are reported at its place', () => {
  const text =
    'pullRequests:\n  quiet: 1\n  standBack: 2h\npolicy:\n  freshen: always\n  stall: 5m\n  attempts: {ci: 5}\n';
  expect(parseConfig(text, 'f')).toMatchObject({
    pullRequests: { debounce: 1, yieldTo: 7_200 },
    policy: { updateBranch: 'always', idleTimeout: 300, turnLimits: { ci: 5, review: 3 } },
  });
  expect(problems('policy:\n  turns: 3\n  stall: soon\n')).toEqual([
    expect.stringContaining('f:3:10: policy.idleTimeout'),
  ]);
  expect(problems('policy:\n  stall: 5m\n  idleTimeout: 6m\n')).toEqual([
    'f:2:3: policy.stall: unknown key; it is idleTimeout today, which stands there too: remove one',
  ]);
});

test('a session keeps its part of the configuration', () => {
  const config = parseConfig('{repository: acme/app, workers: 9, base: main}', 'f');
  expect(sessionSettings(config)).toEqual(SessionSettings.parse({ base: 'main' }));
});

test('all problems are reported together, in order, with line and column', () => {
  const text = [
    'base: 3',
    'branhc: x',
    'policy:',
    '  turnTimeout: soon',
    '  turns: 0',
    '  setup: [npm ci]',
    'agent:',
    'workers: 1.5',
  ].join('\n');
  expect(problems(text)).toEqual([
    'f:1:7: base: expected text',
    'f:2:1: branhc: unknown key; did you mean branch?',
    'f:4:16: policy.turnTimeout: expected seconds, or a number with s, m, h or d: 90s, 10m, 2h',
    'f:5:10: policy.turns: must be more than 0',
    'f:6:3: policy.setup: unknown key; it belongs under hooks',
    'f:7:7: agent: has no value: give it one or remove the line',
    'f:8:10: workers: expected a whole number',
  ]);
});

test.for([
  ['workers: -1', 'f:1:10: workers: must be more than 0'],
  ['workers: 101', 'f:1:10: workers: must be at most 100'],
  ['workers: "3"', 'f:1:10: workers: expected a number'],
  ['workers: .nan', 'f:1:10: workers: expected a number'],
  ['workers: 1e99', 'f:1:10: workers: '],
  ['workers: [3]', 'f:1:10: workers: expected a number'],
  ['WORKERS: 3', 'f:1:1: WORKERS: unknown key; did you mean workers?'],
  ['wrokers: 3', 'f:1:1: wrokers: unknown key; did you mean workers?'],
  ['worker: 3', 'f:1:1: worker: unknown key; did you mean workers?'],
  ['turns: 3', 'f:1:1: turns: unknown key; it belongs under policy'],
  ['agent: {workers: 3}', 'f:1:9: agent.workers: unknown key; it belongs at the top'],
  ['agent: {moddel: x}', 'f:1:9: agent.moddel: unknown key; did you mean model?'],
  ['bsae: x', 'f:1:1: bsae: unknown key; did you mean base?'],
  ['zzz: 3', 'f:1:1: zzz: unknown key'],
  ['__proto__: {workers: 3}', 'f:1:1: __proto__: unknown key'],
  ['constructor: x', 'f:1:1: constructor: unknown key'],
  ['"\\e[31mred": 3', 'f:1:1: red: unknown key'],
  ['"\\0": 3', 'f:1:1: : unknown key'],
  ['🌳: 3', 'f:1:1: 🌳: unknown key'],
  ['? {a: b}\n: c', 'f:1:1: { a: b }: unknown key'],
  [`${'k'.repeat(1_000)}: 1`, 'f:1:1: kkk'],
  ['repository: acme', 'f:1:13: repository: expected a repository as owner/name'],
  ['repository: acme/app/x', 'f:1:13: repository: expected a repository as owner/name'],
  ['repository: ../app', 'f:1:13: repository: expected a repository as owner/name'],
  ['repository: acme/..', 'f:1:13: repository: expected a repository as owner/name'],
  ['repository: "acme/a b"', 'f:1:13: repository: expected a repository as owner/name'],
  ['repository: https://github.com/acme/app', 'f:1:13: repository: expected a repository'],
  ['base: ""', 'f:1:7: base: is not a name git allows'],
  ['base: --upload-pack=touch', 'f:1:7: base: is not a name git allows'],
  ['base: -b', 'f:1:7: base: is not a name git allows'],
  ['base: "a b"', 'f:1:7: base: is not a name git allows'],
  ['base: a..b', 'f:1:7: base: is not a name git allows'],
  ['base: "a\\nb"', 'f:1:7: base: is not a name git allows'],
  ['base: "a\\0b"', 'f:1:7: base: is not a name git allows'],
  ['base: a.lock', 'f:1:7: base: is not a name git allows'],
  ['base: refs@{1}', 'f:1:7: base: is not a name git allows'],
  ['base: /main', 'f:1:7: base: is not a name git allows'],
  ['base: main/', 'f:1:7: base: is not a name git allows'],
  [`base: ${'b'.repeat(256)}`, 'f:1:7: base: must not be longer than 255'],
  ['remote: --mirror', 'f:1:9: remote: must match'],
  ['remote: a/b', 'f:1:9: remote: must match'],
  ['branch: fixed', 'f:1:9: branch: must contain {issue}'],
  ['branch: -{issue}', 'f:1:9: branch: use letters'],
  ['branch: "{title}-{issue}"', 'f:1:9: branch: use letters'],
  ['branch: "$(id)-{issue}"', 'f:1:9: branch: use letters'],
  ['worktree: "../x;rm -rf ~-{issue}"', 'f:1:11: worktree: use letters'],
  ['worktree: ../same', 'f:1:11: worktree: must contain {issue}'],
  ['agent: claude', 'f:1:8: agent: expected a section of keys'],
  ['agent: {adapter: gpt}', 'f:1:18: agent.adapter: expected one of claude, codex, acp, command'],
  ['agent: {adapter: command}', 'f:1:8: agent.command: the command adapter needs a program'],
  ['agent: {command: my-agent}', 'f:1:18: agent.command: expected a list'],
  ['agent: {command: []}', 'f:1:18: agent.command: must not be empty'],
  ['agent: {command: [""]}', 'f:1:19: agent.command.0: must not be empty'],
  ['agent: {command: [1]}', 'f:1:19: agent.command.0: expected text'],
  ['agent: {env: [A=B]}', 'f:1:15: agent.env.0: must match'],
  ['agent: {env: [OPENAI_API_KEY, GH_TOKEN]}', 'f:1:31: agent.env.1: agents never get a GitHub'],
  ['agents: {fast: {moddel: x}}', 'f:1:17: agents.fast.moddel: unknown key'],
  ['agents: {-x: {}}', 'f:1:14: agents.-x: use letters'],
  ['agents: {own: {adapter: command}}', 'f:1:15: agents.own.command: the command adapter needs'],
  ['agents: {own: {env: [GH_TOKEN]}}', 'f:1:22: agents.own.env.0: agents never get a GitHub'],
  ['agents: {own: {plan: {plan: {}}}}', 'f:1:23: agents.own.plan.plan: unknown key'],
  ['agent: {env: [github_token]}', 'f:1:15: agent.env.0: agents never get a GitHub'],
  ['hooks: {setup: npm ci}', 'f:1:16: hooks.setup: expected a list'],
  ['hooks: {timeout: -5}', 'f:1:18: hooks.timeout: must be more than 0'],
  ['hooks: {timeout: 0}', 'f:1:18: hooks.timeout: must be more than 0'],
  ['hooks: {timeout: 5 minutes}', 'f:1:18: hooks.timeout: expected seconds'],
  ['policy: {stacking: yes}', 'f:1:20: policy.stacking: expected one of stack, after-merge'],
  ['policy: {review: 1001}', 'f:1:18: policy.review: must be at most 1000'],
  ['notify: {desktop: "yes"}', 'f:1:19: notify.desktop: expected true or false'],
  [
    'notify: {channels: {team: {type: slack, url: https://hooks.slack.com/x}}}',
    'f:1:46: notify.channels.team.url: a secret: name a variable, such as $TEAM_URL, or move the channel to a notify.yaml of your own',
  ],
  [
    'notify: {channels: {team: {type: email, host: h, from: a}}}',
    'f:1:27: notify.channels.team.to: a channel of type email needs it',
  ],
  ['notify: {channels: {team: {type: fax}}}', 'f:1:34: notify.channels.team.type: expected one of'],
  ['[1, 2]', 'f:1:1: expected a section of keys'],
  ['just words', 'f:1:1: expected a section of keys'],
  ['42', 'f:1:1: expected a section of keys'],
  ['a: b: c', 'f:1:4: '],
  ['workers: 3\nworkers: 4', 'f:2:1: Map keys must be unique'],
  ['workers: [', 'f:1:11: '],
  ['\tworkers: 3', 'f:1:1: '],
  ['workers: *nothing', 'f: Unresolved alias'],
  ['---\nworkers: 3\n---\nworkers: 4', 'f:3:1: '],
  ['workers: !!js/function "x"', 'f:1:24: '],
])('%j is refused with its place and reason', ([text = '', expected = '']) => {
  const found = problems(text);
  expect(found.map((line) => line.slice(0, expected.length))).toContain(expected);
  for (const line of found) expect(line).not.toMatch(/\n|\p{Cc}/u);
});

test('aliases that expand without end are refused', () => {
  const level = (n: number) =>
    `l${n}: &l${n} [${Array(10)
      .fill(`*l${n - 1}`)
      .join(', ')}]`;
  const text = ['l0: &l0 [a]', ...[1, 2, 3, 4, 5, 6, 7, 8].map(level)].join('\n');
  expect(problems(text)).toEqual([expect.stringContaining('Excessive alias count')]);
});

test.for(['', '# only a comment\n', '\ufeffworkers: 3', '{}', '---\n', 'workers: 3 # three'])(
  '%j is a valid file',
  (text) => expect(problems(text)).toEqual([]),
);

test('a path that can’t be read as a file is named in the error', async () => {
  const checkout = temporaryDirectory();
  mkdirSync(join(checkout, 'coppice.yaml'));
  await expect(loadConfig(checkout)).rejects.toThrow(
    `can't read ${join(checkout, 'coppice.yaml')}: it is not a regular file`,
  );
});

test('a file far too large is not read', async () => {
  const checkout = temporaryDirectory();
  writeFileSync(join(checkout, 'coppice.yaml'), `# ${'x'.repeat(1_000_000)}`);
  await expect(loadConfig(checkout)).rejects.toThrow('it has more than 256 KB');
});

test.each([
  [
    'a key uncommented without its section',
    'repository: acme/app\n\n  setup: [npm ci]\nworkers: 3\n',
    '3:3',
  ],
  ['the same as the first key', '# x\n  setup: [npm ci]\nworkers: 3\n', '2:3'],
  [
    'the same behind another section',
    'policy:\n  turns: 3\nworkers: 2\n  setup: [npm ci]\nbase: main\n',
    '4:3',
  ],
])('%s is told at its own line', (_, text, location) => {
  expect(problems(text)).toEqual([
    `f:${location}: setup: is indented, and no section stands above it; it belongs under hooks: put the line of its section back too, or remove the spaces`,
  ]);
});

test('other syntax errors have the parser’s message', () => {
  const [problem = '', ...others] = problems(
    'agent:\n  prompt: |\n    a: 1\n      b: 2\nbase: [x\n',
  );
  expect(others).toEqual([]);
  expect(problem).toMatch(/^f:6:1: Flow sequence/);
});

test('the message for a single item in place of a list shows the list', () => {
  expect(problems('hooks:\n  setup: npm ci\n')).toEqual([
    'f:2:10: hooks.setup: expected a list, such as [npm ci]',
  ]);
  expect(problems('checks: "a, b"\n')).toEqual([
    'f:1:9: checks: expected a list, such as ["a, b"]',
  ]);
  expect(problems('checks: {a: 1}\n')).toEqual(['f:1:9: checks: expected a list']);
});
