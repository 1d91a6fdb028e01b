import { expect, test } from 'vitest';
import { check, RULES } from './checker/check.ts';
import type { DiaryEntry, Evidence, Message } from './checker/evidence.ts';

const ASKED = { kind: 'stuck', issue: 1, text: '', question: { decision: 'Which way for 1?' } };

const message = (id: string, event: object): Message =>
  ({
    id,
    events: [{ key: `key of ${id}`, kind: 'note', issue: 1, text: '', ...event }],
  }) as Message;

const agent = (what: DiaryEntry['what'], more: Partial<DiaryEntry> = {}): DiaryEntry => ({
  ...{ what, issue: '1', turn: 'first', pid: 10 },
  ...more,
});

/** Two issues, one of which asked and one of which was reviewed, and all went well. */
const GOOD: Evidence = {
  world: {
    issues: [1, 2],
    files: { 'work/1/one.txt': 'one\n' },
    guidance: [{ issue: 1, text: 'the second way' }],
    feedback: [{ issue: 2, mark: 'F-2', thread: 7 }],
    questions: [{ issue: 1, begins: 'Which way' }],
    unfinished: null,
  },
  pulls: [1, 2].map((issue) => ({
    ...{ number: issue + 10, head: `issue-${issue}`, headSha: 'abc', state: 'closed' },
    mergedAt: '2026-01-01T00:00:00Z',
  })),
  threads: [{ id: 7, comments: [said('robin'), said('person')] }],
  misunderstood: [],
  diary: [
    agent('began', { prompt: 'Issue #1' }),
    agent('beside', { others: [] }),
    agent('committed', { commit: 'abc', patch: 'p1' }),
    agent('ended'),
    agent('began', { turn: 'second', prompt: 'Issue #1: the second way' }),
    // It was killed, and begun again.
    agent('began', { turn: 'second', prompt: 'Issue #1: the second way' }),
    agent('committed', { turn: 'second', commit: 'before a rebase', patch: 'p2' }),
    agent('began', { turn: 'third', issue: '2', prompt: 'Issue #2: F-2' }),
  ],
  messages: [
    message('m1', ASKED),
    // It came again after a kill, under its own id.
    message('m1', ASKED),
    message('m2', { kind: 'merged' }),
    message('m3', { kind: 'merged', issue: 2 }),
  ],
  executions: [1, 2].map((issue) => ({
    ...{ id: `coppice/acme/app/issues/${issue}`, run: `run ${issue}`, type: 'issueWorkflow' },
    ...{ status: 'COMPLETED', events: 200, taskFailures: [] },
  })),
  repositories: {
    files: { 'work/1/one.txt': 'one\n' },
    known: ['abc', 'p1', 'p2'],
    githubBranches: ['main'],
    checkoutRefs: ['refs/heads/main', 'refs/remotes/origin/main', 'refs/coppice/kept/issue-1'],
    worktrees: ['worktree /app'],
    remains: [],
  },
  processes: [],
};

function said(author: string) {
  return { author, body: '' };
}

const ofGit = (change: Partial<Evidence['repositories']>): Partial<Evidence> => ({
  repositories: { ...GOOD.repositories, ...change },
});

const ofFirst = (change: Partial<Evidence['executions'][number]>): Partial<Evidence> => ({
  executions: GOOD.executions.map((one, place) => (place === 0 ? { ...one, ...change } : one)),
});

/** Each promise, broken on purpose. */
const BROKEN: readonly (readonly [rule: string, change: Partial<Evidence>])[] = [
  ['the world ends', { world: { ...GOOD.world, unfinished: '#1 works' } }],
  [
    'one pull request for an issue',
    { pulls: [...GOOD.pulls, ...GOOD.pulls.slice(0, 1).map((one) => ({ ...one, number: 99 }))] },
  ],
  ['one pull request for an issue', { pulls: GOOD.pulls.slice(1) }],
  [
    'every pull request is merged',
    { pulls: GOOD.pulls.map((one) => ({ ...one, mergedAt: null })) },
  ],
  [
    'each thread is answered once',
    { threads: [{ id: 7, comments: [said('robin'), said('person'), said('person')] }] },
  ],
  ['each thread is answered once', { threads: [{ id: 7, comments: [said('robin')] }] }],
  ['GitHub understands every request', { misunderstood: ['request GET /nowhere'] }],
  [
    'each guidance reaches one turn',
    { diary: [...GOOD.diary, agent('began', { turn: 'fourth', prompt: 'the second way' })] },
  ],
  ['each guidance reaches one turn', { diary: GOOD.diary.filter(({ turn }) => turn !== 'second') }],
  [
    'each point of feedback reaches one turn',
    { diary: [...GOOD.diary, agent('began', { turn: 'fourth', issue: '2', prompt: 'F-2' })] },
  ],
  ['each point of feedback reaches one turn', { diary: GOOD.diary.slice(0, -1) }],
  [
    'no two agents of a session at once',
    { diary: [...GOOD.diary, agent('beside', { others: [9] })] },
  ],
  [
    'no commit of an agent is lost',
    { diary: [...GOOD.diary, agent('committed', { commit: 'lost', patch: 'p3' })] },
  ],
  [
    'each event is told once',
    { messages: [...GOOD.messages, { ...message('m1', ASKED), id: 'another' }] },
  ],
  ['each question is told once', { messages: [...GOOD.messages, message('m4', ASKED)] }],
  ['each merge is told once', { messages: [...GOOD.messages, message('m4', { kind: 'merged' })] }],
  ['each merge is told once', { messages: GOOD.messages.slice(0, -1) }],
  [
    'no needless question',
    { messages: [...GOOD.messages, message('m4', { kind: 'stuck', text: 'Try again?' })] },
  ],
  ['no question is missing', { messages: GOOD.messages.slice(2) }],
  ['the base branch is as without faults', ofGit({ files: {} })],
  [
    'the base branch is as without faults',
    ofGit({ files: { ...GOOD.repositories.files, 'work/1/broken': 'yes\n' } }),
  ],
  ['no branch is left on GitHub', ofGit({ githubBranches: ['issue-1', 'main'] })],
  ['no ref is left in the checkout', ofGit({ checkoutRefs: ['refs/coppice/base/issue-1'] })],
  ['no worktree is left', ofGit({ worktrees: ['worktree /app', 'worktree /app-issue-1'] })],
  ['no lock or directory is left', ofGit({ remains: ['/app/.git/config.lock'] })],
  ['no process is left', { processes: ['sh supervisor.sh'] }],
  ['every workflow ends well', ofFirst({ status: 'TERMINATED' })],
  ['every issue has had a session', { executions: GOOD.executions.slice(1) }],
  ['no workflow task fails', ofFirst({ taskFailures: ['NON_DETERMINISTIC_ERROR: …'] })],
  ['histories are bounded', ofFirst({ events: 20_000 })],
];

test('a run in which all went well has no violation', () => {
  expect(check(GOOD)).toEqual([]);
});

test.each(BROKEN)('%s: where that is not so, it is seen', (rule, change) => {
  expect(check({ ...GOOD, ...change }).map((one) => one.rule)).toContain(rule);
});

test('every promise has been broken here', () => {
  expect(new Set(BROKEN.map(([rule]) => rule))).toEqual(new Set(Object.keys(RULES)));
});
