import { describe, expect, test } from 'vitest';
import { Config } from '../../src/config/schema.ts';
import { withDefaults } from '../../src/domain/session/options.ts';
import type { StoredSession } from '../../src/state/session-store.ts';
import { runInProcess } from '../support/cli.ts';
import { board, minutesAgo, NOW, record, repository, SEED_SESSIONS, session } from './records.ts';
import { expectClear, world } from './world.ts';

const stored = (issue: number, changes: Parameters<typeof record>[1] = {}): StoredSession => ({
  repository,
  issue,
  last: {
    asOf: minutesAgo(5),
    detail: {
      record: record(issue, changes),
      stuck: null,
      plan: '',
      turns: [],
      guidance: [],
      remarks: [],
      refused: [],
      conversation: null,
      terminal: null,
      agent: null,
    },
  },
});

describe('run', () => {
  test('starts what was asked for and prints where it is', async () => {
    const { services, asked } = world();
    const args = ['run', '126', '#127', '--after', '127:126', '--name', 'first', '--workers', '2'];
    const { exitCode, stdout } = await runInProcess(args, { services });
    expect(exitCode).toBe(0);
    expect(asked.runs).toEqual([
      {
        repository,
        issues: [
          { issue: 126, after: [], title: 'Issue 126' },
          { issue: 127, after: [126], title: 'Issue 127' },
        ],
        overlaps: [],
        concurrency: 2,
        name: 'first',
        stacking: 'stack',
        mergedBranches: 'delete',
        githubStacks: false,
        review: 5,
      },
    ]);
    expect(asked.remembered).toEqual(['acme/app /person/app']);
    expect(stdout).toBe(`Run first: 2 issues, 2 workers
    #126 Issue 126
    #127 Issue 127, after #126
Web UI: http://127.0.0.1:8233/run
Watch it: coppice status --watch`);
    expect(asked.ups).toBe(0);
  });

  test('takes another base branch than coppice.yaml’s, if there is one', async () => {
    const { services, asked } = world({ config: Config.parse({ base: 'gone' }) });
    const main = await runInProcess(['run', '1', '--base', 'main'], { services });
    expect(main.exitCode).toBe(0);
    expect(asked.runs).toMatchObject([{ base: 'main' }]);
    const missing = await runInProcess(['run', '1', '--base', 'develop'], { services });
    expectClear(missing, 1, /acme\/app has no branch develop: push it/);
  });

  test('starts the service when none answers', async () => {
    const { services, asked } = world({ board: null });
    expect(await runInProcess(['run', '1'], { services })).toMatchObject({ exitCode: 0 });
    expect(asked).toMatchObject({ ups: 1, runs: [{ concurrency: 3 }] });
  });

  test('names everything that is wrong at once and starts nothing', async () => {
    const { services, asked } = world({
      board: board([session(1)]),
      config: Config.parse({ base: 'gone' }),
    });
    const issues = ['1', '2', '2', '66', '301', '401', '501', 'https://github.com/acme/x/issues/3'];
    const args = ['run', ...issues, '--after', '2:9', '--workers', '11'];
    const ran = await runInProcess(args, { services });
    expectClear(ran, 1, /^coppice: nothing was started:$/m);
    for (const problem of [
      '#1 has an open session already: working; coppice show 1',
      '#2 is given twice',
      '#66 needs a branch issue-66, but that branch exists and Coppice did not make it',
      '#301 is a pull request, not an issue',
      '#401 is closed',
      'acme/app has no issue #501',
      'acme/x#3 is in another repository',
      '#2 depends on #9, which is not in the plan',
      'acme/app has no branch gone',
      '11 workers are more than 10: add --yes if you mean it',
    ])
      expect(ran.stderr).toContain(`\n  ${problem}`);
    expect(asked).toMatchObject({ runs: [], ups: 0, remembered: [] });
  });

  test('refuses what was recorded as open while no service answers', async () => {
    const { services } = world({ board: null, stored: [stored(1, { status: 'stuck' })] });
    const ran = await runInProcess(['run', '1'], { services, now: NOW });
    expectClear(ran, 1, /#1 has an open session already: stuck when it was recorded 5m ago/);
  });

  test('takes an issue again whose session has ended', async () => {
    const { services, asked } = world({ board: board([session(1, { status: 'cancelled' })]) });
    expect(await runInProcess(['run', '1'], { services })).toMatchObject({ exitCode: 0 });
    expect(asked.runs).toHaveLength(1);
  });

  test('warns above 5 workers, and goes above 10 only with --yes', async () => {
    const { services, asked } = world();
    const six = await runInProcess(['run', '1', '--workers', '6'], { services });
    expect(six).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('6 workers: expect'),
    });
    const eleven = await runInProcess(['run', '1', '--workers', '11', '--yes'], { services });
    expect(eleven.exitCode).toBe(0);
    expect(asked.runs.map(({ concurrency }) => concurrency)).toEqual([6, 11]);
  });

  test('with --watch stays to the end, and succeeds when all was merged', async () => {
    const { services, asked } = world({ board: board([session(5, { run: 'other' })]) });
    const ran = await runInProcess(['run', '123', '--watch', '--name', 'x'], { services });
    expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/Merged: #123$/) });
    expect(ran.stdout).toContain('Active Sessions (0):');
    expect(asked.closed).toBeGreaterThan(1);
  });

  test('with --watch fails when something was not merged', async () => {
    const result = {
      merged: [1],
      cancelled: [2],
      notStarted: [{ issue: 3, reason: 'its dependency was cancelled' }],
    };
    const { services } = world({ result });
    const ran = await runInProcess(['run', '1', '2', '3', '--watch'], { services });
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).toMatch(
      /Merged: #1\nCancelled: #2\nNot started: #3: its dependency was cancelled$/,
    );
  });
});

describe('the repository', () => {
  test('is that of the checkout’s remote, of coppice.yaml, or of --repo', async () => {
    const ask = async (args: string[], config = {}) => {
      const { services } = world({ config: Config.parse(config) });
      return JSON.parse((await runInProcess(['config', '--json', ...args], { services })).stdout);
    };
    expect(await ask([])).toMatchObject({ repository: 'acme/app', workers: 3 });
    expect(await ask([], { repository: 'acme/tool' })).toMatchObject({ repository: 'acme/tool' });
    expect(await ask(['--repo', 'ACME/App'])).toMatchObject({ repository: 'acme/app' });
  });

  test.for([
    [['status'], /^coppice: no repository: .* is not in a git repository; .*--repo owner\/name$/],
    [['run', '1'], /is not in a git repository: go to your checkout, or name it with -C$/],
    [['run', '1', '--repo', 'acme/other'], /no checkout of acme\/other is known here/],
    [['init'], /is not in a git repository/],
  ] as const)('without any, %j says what to do', async ([args, line]) => {
    const { services } = world();
    expectClear(await runInProcess(args, { services, cwd: '/nowhere' }), 1, line);
  });

  test('must be on GitHub', async () => {
    const { services } = world({ config: Config.parse({ remote: 'upstream' }) });
    const ran = await runInProcess(['status'], { services });
    expectClear(ran, 1, /\/person\/app has no remote upstream on GitHub; /);
  });

  test('of another checkout is not taken for this one’s', async () => {
    const { services, asked } = world();
    const ran = await runInProcess(['run', '1', '--repo', 'acme/other'], { services });
    expectClear(ran, 1, /no checkout of acme\/other is known here.*is acme\/app\)$/);
    expect(asked.runs).toEqual([]);
  });
});

describe('status', () => {
  test('prints the board, and closes its connection', async () => {
    const { services, asked } = world({ board: board(SEED_SESSIONS) });
    const { exitCode, stdout } = await runInProcess(['status'], { services, now: NOW });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('[!] #124 - STUCK (12m) - Implement auth flow\n    Reason: Auth');
    expect(asked.closed).toBe(1);
  });

  test('prints JSON that a script can read', async () => {
    const shown = board(SEED_SESSIONS);
    const { services } = world({ board: shown });
    const { stdout } = await runInProcess(['status', '--json'], { services });
    expect(JSON.parse(stdout)).toEqual(shown);
  });

  test('shows one run, and knows the others by name', async () => {
    const { services } = world({ board: board([session(1), session(2, { run: 'second' })]) });
    const { stdout } = await runInProcess(['status', '--run', 'second'], { services, now: NOW });
    expect(stdout).toContain('Active Sessions (1):\n\n[*] #2 ');
    const ran = await runInProcess(['status', '--run', 'third'], { services });
    expectClear(ran, 1, /^coppice: no run third: there are first, second$/);
  });

  test('answers from the record when no service does', async () => {
    const { services } = world({ board: null, stored: [stored(124, { status: 'stuck' })] });
    const { exitCode, stdout } = await runInProcess(['status'], { services, now: NOW });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^No service answers[\s\S]*#124 - STUCK[\s\S]*Recorded 5m ago/);
  });
});

describe('show', () => {
  const view = {
    source: 'live' as const,
    asOf: NOW.toISOString(),
    workflowId: 'coppice/acme/app/issues/124',
    webUrl: 'http://127.0.0.1:8233/124',
    detail: {
      record: record(124, {
        status: 'stuck',
        issueTitle: 'auth flow',
        stuckReason: 'Token refresh approach',
        costUsd: 1.5,
        tokens: { input: 25_000, output: 3_000 },
      }),
      stuck: {
        decision: 'Token refresh approach',
        options: withDefaults([
          { label: 'sliding expiration', recommended: true },
          { label: 'fixed expiration', consequence: 'everybody logs in again' },
        ]),
        context: 'User tokens expire after 1 hour, need seamless refresh',
        asksFor: 'guidance' as const,
      },
      plan: 'First this.\nThen that.',
      turns: [
        {
          id: 'x',
          kind: 'plan' as const,
          startedAt: minutesAgo(40),
          endedAt: minutesAgo(38),
          outcome: 'done',
          summary: 'Wrote a \u001b[31mplan',
          costUsd: 0.25,
          tokens: { input: 1_000, output: 500 },
        },
      ],
      guidance: [
        { text: 'Keep it small', action: 'answer', receivedAt: minutesAgo(30), relayed: true },
      ],
      conversation: null,
      terminal: null,
      agent: null,
      remarks: [
        { author: 'visitor', text: 'Nice\u001b[2J!', url: 'https://x.test/1', at: minutesAgo(5) },
      ],
      refused: [],
    },
  };

  test('tells everything, the question in the seed’s words', async () => {
    const { services } = world({ view });
    const { stdout } = await runInProcess(['show', '124'], { services, now: NOW });
    expect(stdout).toContain(`Session #124 is stuck on auth flow:

Decision needed: Token refresh approach
Options considered:
    1. sliding expiration (recommended)   coppice guide 124 --option 1
    2. fixed expiration: everybody logs in again   coppice guide 124 --option 2
Context: User tokens expire after 1 hour, need seamless refresh

Answer: coppice guide 124 --option 1`);
    expect(stdout).toContain('Plan:\n    First this.\n    Then that.');
    expect(stdout).toMatch(/1 {2}plan {2}.*2m {4}done {5}\$0\.25 {2}Wrote a plan/);
    expect(stdout).toContain('said through a chat  Keep it small');
    expect(stdout).toMatch(/Comments not forwarded:\n.*@visitor: Nice! {2}https:\/\/x.test\/1/);
    expect(stdout).toContain('Temporal: http://127.0.0.1:8233/124');
    expect(stdout).toMatch(/Cost: +\$1\.50/);
    expect(stdout).toMatch(/Tokens: +25K tokens in, 3K out/);
  });

  test('of a long plan says where the whole is', async () => {
    const { services } = world({ view: { ...view, detail: { ...view.detail, plan: 'First…' } } });
    const { stdout } = await runInProcess(['show', '124'], { services, now: NOW });
    expect(stdout).toMatch(
      /Plan \(its beginning; the whole is \/\S+\/.coppice\/plan.md\):\n {4}First…/,
    );
  });

  test('prints JSON that a script can read', async () => {
    const { services } = world({ view });
    const { stdout } = await runInProcess(['show', '124', '--json'], { services });
    expect(JSON.parse(stdout)).toEqual(view);
  });

  test('of a session that is not there fails', async () => {
    expectClear(
      await runInProcess(['show', '9'], { services: world().services }),
      1,
      /^coppice: there is no session of #9$/,
    );
    const { services } = world({ board: null });
    expectClear(await runInProcess(['show', '9'], { services }), 1, /no record of a session/);
  });
});

describe('guide', () => {
  test('takes an issue of any repository by its URL', async () => {
    const { services, asked } = world();
    const url = 'https://github.com/acme/other/issues/9';
    const { exitCode } = await runInProcess(['guide', url, 'yes'], { services, cwd: '/nowhere' });
    expect(exitCode).toBe(0);
    expect(asked.guidance).toEqual([[9, { text: 'yes', action: 'answer' }]]);
  });

  test('reads standard input, and approves without a word', async () => {
    const { services, asked } = world();
    await runInProcess(['guide', '1', '-'], { services, input: ' From a pipe\n' });
    await runInProcess(['guide', '2', '--approve'], { services });
    await runInProcess(['guide', '3', 'but keep it small', '--approve'], { services });
    expect(asked.guidance).toEqual([
      [1, { text: 'From a pipe', action: 'answer' }],
      [2, { text: '', action: 'approve' }],
      [3, { text: 'but keep it small', action: 'approve' }],
    ]);
  });

  test('allows a tool, and refuses what is none', async () => {
    const { services, asked } = world();
    await runInProcess(['guide', '1', '--allow', 'Bash(npm test:*)', '--allow', 'WebFetch'], {
      services,
    });
    expect(asked.guidance).toEqual([
      [1, { text: '', action: 'answer', allow: ['Bash(npm test:*)', 'WebFetch'] }],
    ]);
    const refused = await runInProcess(['guide', '1', '--allow', 'Bash,Edit'], { services });
    expect(refused).toMatchObject({ exitCode: 2 });
    expect(refused.stderr).toContain('--allow Bash,Edit');
  });

  test('interrupts a turn under way with words alone', async () => {
    const { services, asked } = world();
    await runInProcess(['guide', '1', 'stop that', '--interrupt'], { services });
    expect(asked.guidance).toEqual([[1, { text: 'stop that', action: 'answer', interrupt: true }]]);
    for (const args of [
      ['1', '--interrupt', '--approve'],
      ['1', 'x', '--interrupt', '--resolved'],
      ['1', '--interrupt', '--budget', '+5'],
    ])
      expectClear(await runInProcess(['guide', ...args], { services }), 2, /--interrupt is for/);
  });

  test('chooses an option, with words or without, or tries a failed step again', async () => {
    const { services, asked } = world();
    await runInProcess(['guide', '1', '--option', '2'], { services });
    await runInProcess(['guide', '2', 'for now', '--option', '1'], { services });
    await runInProcess(['guide', '3', '--retry'], { services });
    expect(asked.guidance).toEqual([
      [1, { text: '', action: 'answer', option: 2 }],
      [2, { text: 'for now', action: 'answer', option: 1 }],
      [3, { text: '', action: 'retry' }],
    ]);
  });

  test('has a conflict resolved, or says that it is', async () => {
    const { services, asked } = world();
    await runInProcess(['guide', '1', '--attempt', 'keep the new signature'], { services });
    await runInProcess(['guide', '2', '--resolved'], { services });
    expect(asked.guidance).toEqual([
      [1, { text: 'keep the new signature', action: 'attempt' }],
      [2, { text: '', action: 'resolved' }],
    ]);
    for (const args of [
      ['1', '--option', '2', '--approve'],
      ['1', '--option', '2', '--retry'],
      ['1', '--option', '0'],
      ['1', '--option', 'two'],
      ['1', 'x', '--attempt', 'y'],
      ['1', '--approve', '--resolved'],
      ['1', '--attempt', ' '],
    ])
      expectClear(await runInProcess(['guide', ...args], { services }), 2, /coppice: /);
  });

  test('without a service fails and says how to start one', async () => {
    const { services } = world({ board: null });
    const ran = await runInProcess(['guide', '1', 'x'], { services });
    expectClear(ran, 1, /no Temporal server: start one with `coppice up`/);
  });
});

test('cancel cancels a session, or what a run has not started', async () => {
  const { services, asked } = world();
  await runInProcess(['cancel', '124'], { services });
  await runInProcess(['cancel', '--run', 'first'], { services });
  expect(asked.cancelled).toEqual([124, 'first']);
});

test('an agent that can’t be started is told before anything is made', async () => {
  const { services, asked } = world({ agentProblem: 'there is no program claude: install it' });
  const ran = await runInProcess(['run', '1'], { services });
  expect(ran.exitCode).not.toBe(0);
  expect(ran.stderr).toContain('there is no program claude: install it');
  expect(asked.runs).toEqual([]);
});
