import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Launch } from '../../src/agents/adapters/adapter.ts';
import { codex } from '../../src/agents/adapters/codex.ts';
import { agentNeeds, ignoredRequests } from '../../src/agents/sandbox/agents.ts';
import { sandboxAvailability, sandboxLimits } from '../../src/agents/sandbox/availability.ts';
import { confine } from '../../src/agents/sandbox/confine.ts';
import { resourceLimits } from '../../src/agents/sandbox/limits.ts';
import { loopback } from '../../src/agents/sandbox/loopback.ts';
import { NO_NEEDS } from '../../src/agents/sandbox/needs.ts';
import { refusalLog } from '../../src/agents/sandbox/refusal-log.ts';
import { parseRefusals, refusalsIn, withRefusals } from '../../src/agents/sandbox/refusals.ts';
import { sandboxSettings } from '../../src/agents/sandbox/settings.ts';
import type { Outcome } from '../../src/domain/session/turn.ts';
import { AgentSettings } from '../../src/domain/settings/agent-settings.ts';
import { Access, Limits } from '../../src/domain/settings/sandbox.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const location = {
  worktree: '/w/app-issue-1',
  git: {
    common: '/w/app/.git',
    read: ['/w/app/.git/objects'],
    write: ['/w/app/.git/coppice/app-issue-1/git'],
    keep: ['/w/app-issue-1/.git', '/w/app/.git/coppice/app-issue-1/git/config'],
  },
  home: '/s/home',
  temporary: '/s/turns/1/tmp',
  linked: [],
  hidden: ['/s', '/w/app-issue-2'],
};

const nothing = { home: '/home/ada', hosts: [], paths: [] };

const paths = (entries: readonly unknown[] | undefined) =>
  (entries ?? []).map((entry) => (entry as { path: string }).path);

test('a sandbox opens the worktree, what a commit needs of git, and what is configured', () => {
  const access = Access.parse({ hosts: ['db.test:5432'], write: ['~/cache'], hide: ['/secret'] });
  const open = ['/usr', '/home/ada/.nvm'];
  const given = [location, access, NO_NEEDS, open, ['mirror.test'], '/home/ada'] as const;
  const { filesystem, network } = sandboxSettings(...given, 'linux');
  expect(paths(filesystem.allowWrite)).toEqual([
    ...['/w/app-issue-1', ...location.git.write, '/s/home', '/s/turns/1/tmp', '/home/ada/cache'],
  ]);
  expect(paths(filesystem.denyWrite)).toEqual(location.git.keep);
  expect(paths(filesystem.denyRead)).toEqual(['/', '/secret', '/s', '/w/app-issue-2']);
  expect(paths(filesystem.allowRead)).toEqual(open);
  expect(network.allowedDomains).toEqual(['db.test:5432', 'mirror.test']);
  expect(paths(sandboxSettings(...given, 'darwin').filesystem.denyRead)).toEqual(
    expect.arrayContaining(['/Users', '/Volumes', '/private/tmp']),
  );
});

test('an agent reaches its own model, and gets its login and settings to read', () => {
  const env = { ANTHROPIC_BASE_URL: 'http://127.0.0.1:4010/v1', CLAUDE_CONFIG_DIR: '/c' };
  const claude = agentNeeds({ adapter: 'claude' }, env);
  expect(claude.hosts).toContain('127.0.0.1:4010');
  expect(claude.directories).toMatchObject([{ from: '/c', at: '.claude' }]);
  const usual = agentNeeds({ adapter: 'claude' }, {});
  expect(usual.directories).toMatchObject([
    { from: '~/.claude', shared: expect.arrayContaining(['.credentials.json', 'settings.json']) },
    { from: '~', copied: [{ name: '.claude.json' }] },
  ]);
  const spoken = (program: string) => agentNeeds({ adapter: 'acp', command: [program] }, {});
  const program = '/usr/bin/claude-agent-acp';
  expect(spoken(program)).toEqual({ ...usual, programs: [program] });
  expect(spoken('opencode').directories).toMatchObject([
    { at: '.config/opencode' },
    { from: '~/.local/share/opencode', shared: ['auth.json'] },
  ]);
  expect(spoken('gemini')).toEqual({ ...NO_NEEDS, programs: ['gemini'] });
  expect(agentNeeds({ adapter: 'command' }, env)).toEqual(NO_NEEDS);
});

test('an agent may read the files to which variables lead that its person passes on, and no directory', () => {
  const file = join(temporaryDirectory(), 'key.json');
  writeFileSync(file, '{}');
  const seen = { KEY_FILE: file, OTHER: file, PLACE: dirname(file), WORD: 'key.json' };
  const settings = { adapter: 'command' as const, env: ['KEY_FILE', 'PLACE', 'WORD', 'ABSENT'] };
  expect(agentNeeds(settings, seen).files).toEqual([file]);
});

test('a login is renewed only where its person lets agents write it', () => {
  const needs = agentNeeds({ adapter: 'codex' }, {});
  const hosts = (write: string[]) =>
    sandboxSettings(location, Access.parse({ write }), needs, [], [], '/home/ada').network
      .allowedDomains;
  expect(hosts([])).not.toContain('auth.openai.com');
  expect(hosts(['~/.codex/auth.json'])).toContain('auth.openai.com');
});

test('in Coppice’s sandbox Codex makes none of its own, which could not be', () => {
  const launch: Launch = {
    ...{ worktree: '/w', checkout: '/c', conversation: 'c', resume: false },
    kind: 'implement',
    settings: AgentSettings.parse({ adapter: 'codex' }),
  };
  const modes = (sandboxed: boolean) => codex.command({ ...launch, sandboxed }).args.join(' ');
  expect(modes(true)).toMatch(/sandbox_mode=\\?"danger-full-access/);
  expect(modes(false)).toMatch(/sandbox_mode=\\?"workspace-write/);
});

test.each([
  { hosts: ['http://example.com'] },
  { hosts: ['*'] },
  { hosts: ['*.com'] },
  { write: ['relative'] },
  { write: ['/'] },
])('%j is refused', (access) => {
  expect(Access.safeParse(access).success).toBe(false);
});

test('what is missing is named, with the one command that installs it', () => {
  const bin = temporaryDirectory('bin');
  const add = (name: string) => writeFileSync(join(bin, name), '', { mode: 0o755 });
  add('apt-get');
  add('socat');
  expect(sandboxAvailability({ PATH: bin }, 'linux')).toEqual({
    available: false,
    reason: 'bwrap, rg are missing',
    install: expect.stringMatching(/^(sudo )?apt-get install -y bubblewrap ripgrep$/),
  });
  add('rg');
  writeFileSync(join(bin, 'bwrap'), '#!/bin/sh\necho no permission >&2; exit 1\n', { mode: 0o755 });
  expect(sandboxAvailability({ PATH: bin }, 'linux')).toMatchObject({
    available: false,
    reason: 'bubblewrap is not allowed to make namespaces here (no permission)',
  });
  expect(sandboxAvailability({}, 'win32').available).toBe(false);
  expect(sandboxAvailability({}, 'darwin').available).toBe(true);
});

test('which walls stand is told, and which do not', () => {
  const limits = resourceLimits(Limits.parse({ memory: 8 }));
  expect(sandboxLimits(limits, 'linux', 'x64', false)).toEqual({
    stand: [
      'files, network and processes: bubblewrap',
      'Unix sockets, namespaces and mounts: a seccomp filter',
      'at most 4096 processes: a resource limit',
      '8 GB of memory and 20 GB written to disk: Coppice looks once a second, and ends what passes that',
    ],
    lack: ['no limit of the system bounds memory between two looks, nor disk'],
  });
  const root = sandboxLimits(limits, 'linux', 'riscv64', true);
  expect(root.lack[0]).toContain('no seccomp filter for riscv64');
  expect(root.stand.at(-1)).toMatch(/^4096 processes, 8 GB/);
  expect(sandboxLimits(limits, 'darwin')).toMatchObject({
    stand: ['files and network: Seatbelt'],
    lack: [expect.anything(), expect.stringContaining('have no limit')],
  });
});

test('a listed port of the host’s loopback is forwarded, the rest of it is the sandbox’s own', () => {
  const listed = ['localhost:80', '127.0.0.1:5432', 'db.test:5432'];
  const { forwarding, direct } = loopback(listed, 'linux');
  expect(forwarding.match(/TCP4-LISTEN:\d+|PROXY:localhost:[^,]*/g)).toEqual([
    ...['TCP4-LISTEN:80', 'PROXY:localhost:localhost:80'],
    ...['TCP4-LISTEN:5432', 'PROXY:localhost:127.0.0.1:5432'],
  ]);
  expect(direct).toEqual(['localhost', '127.0.0.1', '::1']);
  expect(loopback(['127.0.0.1'], 'linux')).toEqual({
    forwarding: '',
    direct: ['localhost', '::1'],
  });
  expect(loopback(listed, 'darwin')).toEqual({ forwarding: '', direct: ['::1'] });
});

test('refusals are told once each, without what hides in a name', () => {
  const text = [
    'deny network-outbound a.test:443 (host is not on the allow list)',
    'deny network-outbound a.test:443 (host is not on the allow list)',
    'deny openat /opt/x/\u001b[31mred\u202e',
    'deny openat /dev/tty',
    'something else',
  ].join('\n');
  expect(parseRefusals(text, nothing)).toEqual({ hosts: ['a.test:443'], paths: ['/opt/x/red'] });
});

test('refusals are written down once each, and thousands of the same hide none after them', () => {
  const file = join(temporaryDirectory('refused'), 'refused');
  const writeDown = refusalLog(file);
  for (let time = 0; time < 10_000; time++) writeDown('deny openat /opt/again');
  writeDown('deny openat /opt/last');
  for (let other = 0; other < 10_000; other++) writeDown(`deny openat /opt/${other}`);
  const lines = readFileSync(file, 'utf8').split('\n');
  expect(lines.slice(0, 2)).toEqual(['deny openat /opt/again', 'deny openat /opt/last']);
  expect(lines.length).toBeLessThan(1_100);
});

test('what an agent tries by itself and does without is not told', () => {
  const there = temporaryDirectory('there');
  const text = [
    'deny network-outbound news.test:443 (host is not on the allow list)',
    'deny openat /home/ada/.claude.json.tmp.2.fde88d093d5b',
    'deny mkdir /home/ada',
    `deny mkdir ${there}`,
    `deny openat ${there}`,
  ].join('\n');
  const spared = { home: '/home/ada', hosts: ['news.test:443'], paths: ['/home/ada/.claude.json'] };
  expect(parseRefusals(text, spared)).toEqual({ hosts: [], paths: [there] });
});

test.each([
  ['claude', '/tmp/cc-socks-0', ['/tmp/cc-socks-0/12.sock', '/tmp/cc-socks/12.sock']],
  ['codex', undefined, ['/home/ada/.codex/log/x']],
] as const)('what %s tries by itself is no refusal', (adapter, made, tried) => {
  const spared = ignoredRequests(agentNeeds({ adapter }, {}), '/home/ada', undefined);
  const lines = [
    ...(made === undefined ? [] : [`deny mkdir ${made}`]),
    ...tried.map((path) => `deny openat ${path}`),
    'deny openat /etc/passwd',
  ];
  expect(parseRefusals(lines.join('\n'), spared).paths).toEqual(['/etc/passwd']);
});

test('nothing as wide as a home is ever proposed, and of git’s files nothing', () => {
  const directory = temporaryDirectory('refused');
  expect(refusalsIn(directory)).toBe('');
  const settings = sandboxSettings(location, Access.parse({}), NO_NEEDS, [], [], '/home/ada');
  const limits = resourceLimits(Limits.parse({}));
  const inside = { home: '/s/home', beneath: [], homeSetup: '', variables: {}, limits };
  confine(directory, { worktree: '/w', settings, ignored: nothing, ...inside }, []);
  writeFileSync(
    join(directory, 'refused'),
    'deny openat /home/ada/.profile\ndeny openat /w/.git/config\ndeny mkdirat /file\n',
  );
  const words = refusalsIn(directory);
  expect(words).toContain('/w/.git/config');
  expect(words.split('\n').at(-1)).toBe('    write: [~/.profile, /file]');
});

test('a question says what the sandbox refused, within the length of a question', () => {
  const context = 'x'.repeat(2_000);
  const stuck: Outcome = { kind: 'stuck', decision: '?', options: [], context };
  const told = withRefusals(stuck, 'refused');
  expect(told).toMatchObject({ context: expect.stringMatching(/^x{1992}\nrefused$/) });
  const done = { kind: 'done', summary: 'all' } as const;
  expect(withRefusals(done, 'refused')).toEqual(done);
});
