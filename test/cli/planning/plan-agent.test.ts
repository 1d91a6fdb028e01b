import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parsePlan } from '../../../src/planning/plan-file/plan-text.ts';
import { runForReal } from '../../support/cli.ts';
import { describeSandboxed } from '../../support/sandbox.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { add, project, TEXT } from '../project.ts';
import { expectClear } from '../world.ts';

const AGENT = fileURLToPath(new URL('../../support/scripted-agent/main.ts', import.meta.url));

interface Asked {
  readonly command?: readonly string[];
  /** A shell script for an agent, from Coppice's state directory and one that it may write to. */
  readonly script?: (state: string, own: string) => string;
  /** Of coppice.yaml. */
  readonly config?: object;
  readonly env?: Readonly<Record<string, string>>;
}

/** Five issues, the second after the first by its text, and an agent that answers with `proposals`. */
async function consulted(proposals: string, asked: Asked = {}) {
  const world = await project();
  add(
    world,
    { number: 1, title: 'First' },
    { number: 2, title: 'Second', body: `${TEXT} After #1.` },
    ...[3, 4, 5].map((number) => ({ number, title: `Issue ${number}` })),
  );
  const own = temporaryDirectory('agent');
  const file = join(own, 'proposals.json');
  writeFileSync(file, proposals);
  const command = asked.script
    ? ['sh', '-c', asked.script(world.env.COPPICE_HOME, own)]
    : (asked.command ?? [process.execPath, AGENT]);
  const agent = { adapter: 'command', command, env: ['SCRIPTED_AGENT_PROPOSALS'] };
  const config = { repository: 'acme/app', agent, ...asked.config };
  const access = { write: [own], registries: [] };
  writeFileSync(join(world.clone, 'coppice.yaml'), stringify({ access, ...config }));
  const env = { ...process.env, ...world.env, SCRIPTED_AGENT_PROPOSALS: file, ...asked.env };
  const plan = (...args: string[]) =>
    runForReal(['plan', '--all-open', ...args], { cwd: world.clone, env });
  return { ...world, own, plan, seen: `${file}.seen` };
}

const why = 'both change theme.ts';
const quote = 'Second';

test('an agent that was asked adds orders, overlaps and cautions, marked as its own', async () => {
  const world = await consulted(
    JSON.stringify({
      orders: [{ issue: 4, after: 3, why: 'it calls what #3 makes', quote: 'Issue 3' }],
      files: [{ issue: 3, path: 'theme.ts', probability: 0.6, quote: 'Issue 3' }],
      readiness: [
        { issue: 1, state: 'needs discussion', why: 'two ways are named' },
        { issue: 2, state: 'ready', why: 'it says all' },
      ],
      overlaps: [
        { issues: [5, 3], score: 0.9, why },
        { issues: [1, 5], score: 0.2, why: 'theme.ts, maybe' },
      ],
      cautions: [{ issue: 5, why: 'the file format is for ever' }],
    }),
  );
  const ran = await world.plan('--agent', '--after', '4:2');
  expect(ran).toMatchObject({ exitCode: 0 });
  expect(ran.stderr).toContain('asking the agent (command)');
  const { issues } = parsePlan(readFileSync(world.file, 'utf8'), 'plan.yaml');
  const byNumber = new Map(issues.map((entry) => [entry.issue, entry]));
  expect(byNumber.get(4)?.after).toEqual([
    { issue: 2, source: 'person' },
    { issue: 3, source: 'agent', evidence: 'it calls what #3 makes' },
  ]);
  expect(byNumber.get(5)).toMatchObject({
    after: [],
    caution: 'the agent warns: the file format is for ever',
    notes: expect.arrayContaining([
      `will probably overlap with #3 (0.9): the agent says: ${why}`,
      'may overlap with #1 (0.2): the agent says: theme.ts, maybe',
    ]),
  });
  expect(ran.stdout).toContain('#4 after #3: agent, it calls what #3 makes');
  expect(byNumber.get(3)?.files).toEqual({ 'theme.ts': 0.6 });
  expect(byNumber.get(1)?.caution).toBe('needs discussion: the agent says: two ways are named');
  expect(byNumber.get(2)?.notes).toContain('the agent says it is ready: it says all');
});

test('what would override the person or go in a circle is not taken, with a note', async () => {
  const orders = [
    { issue: 1, after: 2, why, quote },
    { issue: 3, after: 5, why, quote },
    { issue: 5, after: 1, why, quote },
    { issue: 1, after: 3, why, quote },
    { issue: 4, after: 4, why, quote },
    { issue: 4, after: 99, why, quote },
    { issue: 2, after: 1, why, quote },
  ];
  const overlaps = [{ issues: [4, 98], score: 1, why }];
  const world = await consulted(JSON.stringify({ orders, overlaps }));
  const { exitCode, stdout } = await world.plan('--agent', '--after', '5:3', '--json');
  expect(exitCode).toBe(0);
  const { issues, dropped } = JSON.parse(stdout);
  const edges = issues.flatMap(({ issue, after }: never) =>
    (after as { issue: number; source: string }[]).map((edge) => [issue, edge.issue, edge.source]),
  );
  expect(edges.sort()).toEqual(
    [
      [2, 1, 'text'],
      [5, 1, 'agent'],
      [5, 3, 'person'],
      [1, 3, 'agent'],
    ].sort(),
  );
  expect(dropped.map(({ text }: { text: string }) => text)).toEqual([
    'the agent saw #4 and #98 overlap; not taken: #98 is not in the plan',
    `the agent proposed #1 after #2 (${why}); not taken: #2 comes after #1`,
    `the agent proposed #3 after #5 (${why}); not taken: #5 comes after #3`,
    `the agent proposed #4 after #4 (${why}); not taken: an issue can’t come after itself`,
    `the agent proposed #4 after #99 (${why}); not taken: #99 is not in the plan`,
  ]);
  expect(issues[0].notes.join()).toContain('not taken');
});

test('an order or a file without words that stand in the issues or the code is not taken', async () => {
  const world = await consulted(
    JSON.stringify({
      orders: [
        { issue: 3, after: 1, why },
        { issue: 4, after: 1, why, quote: 'nobody wrote this' },
      ],
      files: [
        { issue: 3, path: 'other.ts', probability: 1, quote },
        { issue: 99, path: 'theme.ts', probability: 1, quote },
        { issue: 4, path: 'theme.ts', probability: 1, quote: 'nor this' },
      ],
    }),
  );
  const { stdout } = await world.plan('--agent', '--json');
  const { issues, dropped } = JSON.parse(stdout);
  expect(issues.flatMap(({ after }: { after: unknown[] }) => after)).toHaveLength(1);
  expect(dropped.map(({ text }: { text: string }) => text)).toEqual([
    `the agent proposed #3 after #1 (${why}); not taken: it quotes nothing`,
    `the agent proposed #4 after #1 (${why}); not taken: “nobody wrote this” is in none of the issues and files`,
    'the agent said that #3 changes other.ts; not taken: there is no such file',
    'the agent said that #99 changes theme.ts; not taken: #99 is not in the plan',
    'the agent said that #4 changes theme.ts; not taken: “nor this” is in none of the issues and files',
  ]);
});

test('the agent sees the issues and the code, and neither git nor a token', async () => {
  const world = await consulted('{}');
  expect((await world.plan('--agent')).exitCode).toBe(0);
  const { prompt, files, env } = JSON.parse(readFileSync(world.seen, 'utf8'));
  expect(prompt).toContain(`Second\n\n${TEXT} After #1.`);
  expect(prompt).toContain('- #2 comes after #1: text: “After #1”');
  expect(prompt).toContain('"maximum": 2147483647');
  expect(files).toEqual(expect.arrayContaining(['.coppice', 'theme.ts']));
  expect(files.filter((file: string) => file.startsWith('.git'))).toEqual([]);
  expect(env).toContain('SCRIPTED_AGENT_PROPOSALS');
  expect(env).not.toContain('GITHUB_TOKEN');
});

describeSandboxed('in the sandbox', () => {
  test('an agent writes its copy of the code alone, and reads neither credentials nor Coppice’s state', async () => {
    const [home, outside] = [temporaryDirectory('person'), temporaryDirectory('outside')];
    mkdirSync(join(home, '.ssh'));
    writeFileSync(join(home, '.ssh/id'), 'private');
    const script = (state: string, own: string) => `
      try() { if eval "$2"; then echo "$1 yes"; else echo "$1 no"; fi >>${own}/tried; }
      try copy 'echo x >inside'
      try outside 'echo x >${outside}/file'
      try login 'grep -q private ~/.ssh/id'
      try state 'ls ${state} | grep -q .'
      try settings 'cat ../turns/*/*/sandbox.json'
      echo '{}' >.coppice/proposals.json`;
    const plan = async (sandbox: string) => {
      const world = await consulted('{}', { config: { sandbox }, env: { HOME: home }, script });
      writeFileSync(join(world.env.COPPICE_HOME, 'secret'), '');
      const { exitCode, stderr } = await world.plan('--agent');
      const tried = readFileSync(join(world.own, 'tried'), 'utf8').trim().split('\n');
      return { exitCode, stderr, tried };
    };
    expect(await plan('required')).toEqual({
      exitCode: 0,
      stderr: expect.not.stringContaining('sandbox'),
      tried: ['copy yes', 'outside no', 'login no', 'state no', 'settings no'],
    });
    expect(await plan('off')).toEqual({
      exitCode: 0,
      stderr: expect.stringContaining('sandbox: off, so agents'),
      tried: ['copy yes', 'outside yes', 'login yes', 'state yes', 'settings no'],
    });
  });

  test('what it was refused is told when it fails', async () => {
    const outside = temporaryDirectory('outside');
    const world = await consulted('{}', {
      command: ['sh', '-c', `echo x >${outside}/f || exit 3`],
    });
    const ran = await world.plan('--agent');
    expectClear(ran, 1, /the agent failed/);
    expect(ran.stderr).toContain(`write: [${outside}]`);
  });
});

test('where a sandbox is required and there is none, no agent is asked', async () => {
  const bin = temporaryDirectory('bin');
  for (const name of ['git', 'ln', 'mv', 'rm'])
    symlinkSync((await execa('which', [name])).stdout, join(bin, name));
  const bare = (sandbox: string) => consulted('{}', { config: { sandbox }, env: { PATH: bin } });
  const refused = await bare('required');
  expectClear(
    await refused.plan('--agent'),
    1,
    /bwrap.* missing\), and agents run only in a sandbox/,
  );
  expect(existsSync(refused.seen)).toBe(false);
  const warned = await bare('auto');
  const { exitCode, stderr } = await warned.plan('--agent');
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: expect.stringMatching(/bwrap.* missing\), so agents .* can read your files/),
  });
  expect(existsSync(warned.seen)).toBe(true);
});

test('without --agent none is asked', async () => {
  const world = await consulted('{}');
  expect((await world.plan()).exitCode).toBe(0);
  expect(existsSync(world.seen)).toBe(false);
});

test.for([
  ['not JSON', 'nonsense', /can’t be used: \.coppice\/proposals\.json is not JSON/],
  ['not by the schema', '{"orders": [{"issue": 1}]}', /can’t be used: .*orders\[0\]\.after/],
  ['no answer at all', '', /the agent failed: the agent exited with code 3/],
] as const)('%s is refused, and nothing is written', async ([, proposals, problem]) => {
  const world = await consulted(proposals);
  expectClear(await world.plan('--agent'), 1, problem);
  expect(existsSync(world.file)).toBe(false);
});

test('an agent that is not there is said so', async () => {
  const world = await consulted('{}', { command: ['no-such-agent'] });
  expectClear(await world.plan('--agent'), 1, /there is no program no-such-agent: install it/);
});
