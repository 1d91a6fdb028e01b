import { expect, test } from 'vitest';
import { type FeedbackItem, MAX_FEEDBACK_TEXT } from '../../../src/domain/pull-request/feedback.ts';
import {
  decideOnEdit,
  ingestIssue,
  leaveFeedback,
  newFeedbackState,
  nextItems,
  reasonToAskFirst,
  restartRounds,
  takeFeedback,
} from '../../../src/domain/pull-request/feedback-state.ts';
import { feedbackText, fitsInTurn } from '../../../src/domain/pull-request/feedback-text.ts';
import {
  type FeedbackContext,
  ingestFeedback,
} from '../../../src/domain/pull-request/ingest-feedback.ts';
import { refreshPending } from '../../../src/domain/pull-request/refresh-pending.ts';
import { dueReplies } from '../../../src/domain/pull-request/replies.ts';
import { PLACELESS } from '../../support/feedback.ts';

const CONTEXT: FeedbackContext = {
  ...{ bots: ['coderabbitai'], fixers: ['copilot'], machineUsers: ['atlantis-bot'] },
  ...{ headSha: 'a', botTurns: 3, yieldTo: 3_600, now: '2026-01-08T12:00:00Z' },
  began: { at: '2026-01-08T10:00:00Z', lastComment: 100 },
};

const item = (id: string, more: Partial<FeedbackItem> = {}): FeedbackItem => ({
  ...{ id, node: id, kind: 'comment', onIssue: false, author: 'ann', bot: false, mayWrite: true },
  ...{ text: 'x', url: 'u', at: '2026-01-08T11:00:00Z', ...PLACELESS },
  ...more,
});

const pendingAfter = (...items: FeedbackItem[]): string[] => {
  const state = newFeedbackState();
  ingestFeedback(state, items, CONTEXT);
  return state.pending.map(({ id }) => id);
};

test('a review without words of its own only hands in its threads', () => {
  const review = item('review:1', { kind: 'review', text: '' });
  const thread = item('reply:2', { kind: 'thread', thread: 'T' });
  expect(pendingAfter(review, thread)).toEqual(['reply:2']);
  expect(pendingAfter(review)).toEqual(['review:1']);
  expect(pendingAfter(review, { ...thread, author: 'bob' })).toEqual(['review:1', 'reply:2']);
});

test('a bot’s name counts with and without its ending, in any case', () => {
  const bot = { bot: true, mayWrite: false };
  expect(pendingAfter(item('a', { ...bot, author: 'CodeRabbitAI[bot]' }))).toEqual(['a']);
  expect(pendingAfter(item('a', { ...bot, author: 'coderabbitai' }))).toEqual(['a']);
  expect(pendingAfter(item('a', { ...bot, author: 'other[bot]' }))).toEqual([]);
});

test('a bot that may push commands nothing', () => {
  const state = newFeedbackState();
  const order = item('a', { bot: true, author: 'coderabbitai', text: '/coppice cancel' });
  expect(ingestFeedback(state, [order], CONTEXT)).toEqual([]);
  expect(state.pending).toEqual([]);
  expect(state.remarks).toMatchObject([{ author: 'coderabbitai' }]);
});

test('after what a person says the attempts at failed checks begin anew; a bot changes nothing in that', () => {
  const state = newFeedbackState();
  state.repairs = [{ headSha: 'a', key: 'k', failures: ['unit'], ids: ['1'], over: false }];
  ingestFeedback(
    state,
    [item('a', { author: 'coderabbitai', bot: true, mayWrite: false, text: 'Rename it' })],
    CONTEXT,
  );
  expect(state.repairs).toHaveLength(1);
  ingestFeedback(state, [item('b', { text: 'Mock the clock' })], CONTEXT);
  expect(state.repairs).toEqual([]);
});

test('what was commanded before the session began was meant for another', () => {
  const old = item('a', { text: '/coppice cancel', at: '2026-01-08T09:00:00Z' });
  expect(ingestFeedback(newFeedbackState(), [old], CONTEXT)).toEqual([]);
  const now = item('b', { text: '/coppice cancel' });
  expect(ingestFeedback(newFeedbackState(), [now], CONTEXT)).toHaveLength(1);
});

test('a comment is before the session by its number, whatever the clocks say', () => {
  const late = '2026-01-08T09:00:00Z';
  const text = '/coppice cancel';
  const given = (id: string) =>
    ingestFeedback(newFeedbackState(), [item(id, { text, at: late })], CONTEXT).length;
  expect([given('comment:100'), given('comment:101'), given('review:101')]).toEqual([0, 1, 0]);
});

test('every word in a thread is heard, in its order', () => {
  const thread = { kind: 'thread', thread: 'T' } as const;
  const point = item('reply:1', { ...thread, text: 'Close the file' });
  const more = item('reply:2', { ...thread, author: 'bob', text: 'Same here, in b.ts' });
  const stranger = item('reply:3', { ...thread, mayWrite: false, text: 'And here' });
  expect(pendingAfter(point, more, stranger)).toEqual(['reply:1', 'reply:2']);
});

test('courtesies are no item, no round and no remark', () => {
  const state = newFeedbackState();
  ingestFeedback(
    state,
    [item('a', { text: 'Great, thanks!' }), item('b', { text: '👍' })],
    CONTEXT,
  );
  expect(state).toMatchObject({ pending: [], remarks: [], rounds: {} });
});

test('what commands another program, or finds nothing, costs no turn and no remark', () => {
  const state = newFeedbackState();
  const nothing = item('review:1', { bot: true, author: 'coderabbitai', mayWrite: false });
  const items = [
    item('comment:101', { text: '/retest' }),
    { ...nothing, text: '**Actionable comments posted: 0**' },
  ];
  expect(ingestFeedback(state, items, CONTEXT)).toEqual([]);
  expect([state.pending, state.remarks]).toEqual([[], []]);
});

test('a report that a bot edits after each push is one remark, beside those of people', () => {
  const state = newFeedbackState();
  const report = { bot: true, author: 'codecov', mayWrite: false, url: 'report' };
  ingestFeedback(state, [item('comment:101', { mayWrite: false, text: 'Why?' })], CONTEXT);
  for (let push = 1; push <= 30; push++)
    ingestFeedback(
      state,
      [item('comment:102', { ...report, text: `${push} %`, edited: `2026-01-09T00:00:${push}Z` })],
      CONTEXT,
    );
  expect(state.remarks.map(({ text }) => text)).toEqual(['Why?', '30 %']);
});

test('an edit replaces what waits, and is a new point after the agent had it', () => {
  const state = newFeedbackState();
  const edited = (text: string, edited: string | null) =>
    ingestFeedback(state, [item('comment:200', { text, edited })], CONTEXT);
  edited('Drop the table', null);
  edited('Rename the table', '2026-01-08T11:01:00Z');
  edited('Rename the table', '2026-01-08T11:01:00Z');
  expect(state.pending.map(({ text }) => text)).toEqual(['Rename the table']);
  takeFeedback(state);
  edited('Rename the table', '2026-01-08T11:01:00Z');
  expect(state.pending).toEqual([]);
  edited('Rename the column', '2026-01-08T11:05:00Z');
  expect(state.pending.map(({ text }) => text)).toEqual(['Rename the column']);
});

test('a text that is restored after the agent had another one is a new point', () => {
  const state = newFeedbackState();
  const told = (text: string, edited: string | null) => {
    ingestFeedback(state, [item('comment:200', { text, edited })], CONTEXT);
    return takeFeedback(state).map((one) => one.text);
  };
  expect(told('Name it a', null)).toEqual(['Name it a']);
  expect(told('Name it b', '2026-01-08T11:01:00Z')).toEqual(['Name it b']);
  expect(told('Name it a', '2026-01-08T11:02:00Z')).toEqual(['Name it a']);
  expect(told('Name it a', '2026-01-08T11:02:00Z')).toEqual([]);
});

test('what an earlier version of Coppice noted by its id is known, and heard again when it is edited', () => {
  const state = { ...newFeedbackState(), seen: ['comment:200'] };
  ingestFeedback(state, [item('comment:200')], CONTEXT);
  expect(state.pending).toEqual([]);
  const edited = '2026-01-08T11:01:00Z';
  ingestFeedback(state, [item('comment:200', { text: 'Rename it', edited })], CONTEXT);
  expect(state.pending.map(({ text }) => text)).toEqual(['Rename it']);
});

test('an edited comment commands nothing, and its author hears so', () => {
  const state = newFeedbackState();
  const given = (text: string, edited: string | null) =>
    ingestFeedback(state, [item('comment:200', { text, edited })], CONTEXT);
  expect(given('/coppice puase', null)).toMatchObject([{ command: null }]);
  expect(given('/coppice pause', '2026-01-08T11:01:00Z')).toMatchObject([{ command: null }]);
  expect(state.pending).toEqual([]);
});

test('a ticked box in a comment is no new point, of a person and of a bot', () => {
  const state = newFeedbackState();
  const list = (boxes: string, edited: string | null, more: Partial<FeedbackItem> = {}) =>
    ingestFeedback(
      state,
      [
        item('comment:200', {
          text: `Please:\n\n- [${boxes[0]}] a\n- [${boxes[1]}] b`,
          edited,
          ...more,
        }),
      ],
      CONTEXT,
    );
  list('  ', null);
  list('x ', '2026-01-08T11:01:00Z');
  expect(takeFeedback(state)).toHaveLength(1);
  list('xx', '2026-01-08T11:02:00Z');
  expect(state.pending).toEqual([]);
  const bot = { id: 'comment:201', ...RABBIT };
  list('  ', null, bot);
  expect(takeFeedback(state)).toHaveLength(1);
  list('xx', '2026-01-08T11:04:00Z', bot);
  expect([state.pending, state.remarks]).toEqual([[], []]);
});

/** What an edit of a comment leaves waiting, after its first version was taken in, and what commands came of both. */
function afterEdit(first: string, then: string, isGiven = false) {
  const state = newFeedbackState();
  const told = (text: string, edited: string | null) =>
    ingestFeedback(state, [item('comment:200', { text, edited })], CONTEXT).map(
      ({ command }) => command?.do ?? 'help',
    );
  const commands = [told(first, null)];
  if (isGiven) takeFeedback(state);
  commands.push(told(then, '2026-01-08T11:05:00Z'));
  return { waiting: state.pending.map(({ text }) => text), commands };
}

test('what is said beside a command can be edited; the command counts once', () => {
  const resume = (rest: string) => `/coppice resume\n${rest}`;
  for (const isGiven of [false, true])
    expect(afterEdit(resume('Rename it to a'), resume('Rename it to b'), isGiven)).toEqual({
      ...{ waiting: ['Rename it to b'], commands: [['resume'], []] },
    });
  expect(afterEdit(resume('Rename it'), '/coppice resume')).toEqual({
    ...{ waiting: [], commands: [['resume'], []] },
  });
  // A command that is added later is not followed, and takes no point away.
  expect(afterEdit('Rename it', 'Rename it\n/coppice pause')).toEqual({
    ...{ waiting: ['Rename it'], commands: [[], ['help']] },
  });
  expect(afterEdit('Rename it', 'Rename it\n/coppice pause', true)).toEqual({
    ...{ waiting: [], commands: [[], ['help']] },
  });
  expect(afterEdit(resume('Rename it'), '/coppice pause\nRename it').commands[1]).toEqual(['help']);
  // The command is taken away, and the point is the same.
  expect(afterEdit(resume('Rename it'), 'Rename it', true)).toEqual({
    ...{ waiting: [], commands: [['resume'], []] },
  });
});

test('commands to other programs are left out of what the agent gets', () => {
  const state = newFeedbackState();
  ingestFeedback(state, [item('a', { text: 'Rename it\n/retest' })], CONTEXT);
  expect(state.pending.map(({ text }) => text)).toEqual(['Rename it']);
  expect(pendingAfter(item('a', { text: '/lgtm\nThanks!' }))).toEqual([]);
});

test('what waits when another pull request replaces the old one is shown to a person', () => {
  const state = newFeedbackState();
  ingestFeedback(state, [item('a', { text: 'Rename it' })], CONTEXT);
  takeFeedback(state);
  ingestFeedback(state, [item('b', { text: 'Drop it' })], CONTEXT);
  leaveFeedback(state);
  expect(state).toMatchObject({ pending: [], awaitingReply: [], remarks: [{ text: 'Drop it' }] });
});

test('what was taken back is not given, and what was edited is given as it is now', () => {
  const state = newFeedbackState();
  ingestFeedback(state, [item('a'), item('b'), item('c')], CONTEXT);
  refreshPending(state, ['a'], [item('b', { text: 'y' })]);
  expect(state.pending.map(({ id, text }) => [id, text])).toEqual([
    ['b', 'y'],
    ['c', 'x'],
  ]);
});

test('an edit into thanks, read again just before the turn, leaves nothing to do', () => {
  const state = newFeedbackState();
  ingestFeedback(state, [item('a'), item('b', RABBIT)], CONTEXT);
  const edited = '2026-01-08T11:05:00Z';
  const working = item('b', { ...RABBIT, text: 'Reviewing this PR', edited });
  refreshPending(state, [], [item('a', { text: 'LGTM', edited }), working]);
  // A bot at work again says more later; what it said counts until then.
  expect(state.pending.map(({ id, text }) => [id, text])).toEqual([['b', 'x']]);
});

test('a command to another program, added to a point that the agent has, gives it no second time', () => {
  expect(afterEdit('Drop it', 'Drop it\n/retest', true).waiting).toEqual([]);
  expect(afterEdit('Drop it\n/retest', 'Drop it', true).waiting).toEqual([]);
  expect(afterEdit('/coppice resume\nDrop it\n/retest', 'Drop it', true).waiting).toEqual([]);
  expect(afterEdit('Drop it', 'Drop b\n/retest', true).waiting).toEqual(['Drop b']);
  const state = newFeedbackState();
  const told = (text: string, minute: number) => {
    const edited = minute === 0 ? null : `2026-01-08T11:0${minute}:00Z`;
    ingestFeedback(state, [item('comment:200', { text, edited })], CONTEXT);
    return takeFeedback(state).map((one) => one.text);
  };
  expect(['Drop it', 'Drop it\n/retest', 'Drop it', 'Drop b'].map(told)).toEqual([
    ...[['Drop it'], [], []],
    ['Drop b'],
  ]);
});

test('a point beside a command from before the session is heard; the command, and words on the issue, are not', () => {
  const state = newFeedbackState();
  const text = '/coppice resume\n\nPlease also handle null.';
  const old = [item('comment:50', { text }), item('comment:51', { text, onIssue: true })];
  expect(
    ingestFeedback(state, [...old, item('comment:52', { text: '/coppice pause' })], CONTEXT),
  ).toEqual([]);
  expect(state.pending.map((one) => one.text)).toEqual(['Please also handle null.']);
});

const RABBIT = { author: 'coderabbitai', bot: true, mayWrite: false };

test('a bot’s placeholder costs neither a turn nor its round; its final text is heard', () => {
  const state = newFeedbackState();
  const walkthrough = (text: string, edited: string | null) =>
    ingestFeedback(state, [item('comment:200', { ...RABBIT, text, edited })], CONTEXT);
  walkthrough('> [!NOTE]\n> Currently reviewing new changes in this PR, please wait.', null);
  walkthrough('Claude Code is working… I’ll analyze this', '2026-01-08T11:00:10Z');
  expect(state).toMatchObject({ pending: [], remarks: [], seen: [] });
  walkthrough('## Walkthrough\n\nThe migration has no down step.', '2026-01-08T11:03:00Z');
  const review = item('review:7', { ...RABBIT, text: 'Lets expired tokens through' });
  ingestFeedback(state, [review], CONTEXT);
  expect(takeFeedback(state).map(({ id }) => id)).toEqual(['comment:200', 'review:7']);
});

const TASKS = ['Gather context', 'Read the diff', 'Check the tests', 'Write the review'];
const progress = (done: number, head: string): string =>
  [
    head,
    '',
    ...TASKS.map((task, n) => `- [${n < done ? 'x' : ' '}] ${task} ${'and more '.repeat(20)}`),
  ].join('\n');

test.each(['Claude Code is working… [View job](https://github.test/runs/1)', '### Todo'])(
  'a list that a bot ticks while it works is a placeholder until it is done: %j',
  (head) => {
    const state = newFeedbackState();
    const tell = (text: string, edited: string | null) =>
      ingestFeedback(state, [item('comment:200', { ...RABBIT, text, edited })], CONTEXT);
    for (const done of [1, 2, 3]) tell(progress(done, head), `2026-01-08T11:00:0${done}Z`);
    expect(state).toMatchObject({ pending: [], seen: [] });
    tell(progress(4, 'Finished. The migration has no down step.'), '2026-01-08T11:03:00Z');
    expect(takeFeedback(state)).toHaveLength(1);
  },
);

test.each([
  'This may take quadratic time for long lists',
  'Please mend:\n\n- [ ] the down step\n- [ ] the name',
  `- [x] read\n- [ ] open\n\n${'The migration has no down step. '.repeat(12)}`,
  'The lock is working incorrectly after a restart',
  'Please wait for `close` before the next write',
])('what a bot finds is no placeholder, though it has words of one: %j', (text) => {
  expect(pendingAfter(item('comment:200', { ...RABBIT, text }))).toEqual(['comment:200']);
});

test.each([
  'I finished reviewing this PR. One bug: `x` may be null.',
  'After reviewing the changes: the cache key lacks the tenant id.',
  'Claude finished reviewing your changes. **Bug**: the loop never ends.',
  'The page says “please wait…” for ever when the request fails: catch it in src/load.ts:8.',
  '### Review in progress\n\n- src/a.ts:3: `x` may be null',
])('a bot’s final text is no placeholder, though it says that it was reviewing: %j', (text) => {
  expect(pendingAfter(item('comment:200', { ...RABBIT, text }))).toEqual(['comment:200']);
});

test.each(['Reviewing your changes', '👀 Reviewing this PR', 'Rabbit is reviewing the changes'])(
  'a bot that only says that it is reviewing is not heard in a comment, and is in a review: %j',
  (text) => {
    expect(pendingAfter(item('comment:200', { ...RABBIT, text }))).toEqual([]);
    expect(pendingAfter(item('review:200', { ...RABBIT, text }))).toEqual(['review:200']);
  },
);

test('of a bot at work that says much a person sees what it says', () => {
  const state = newFeedbackState();
  const text = `Reviewing your changes. ${'The key lacks the tenant. '.repeat(15)}`;
  ingestFeedback(state, [item('comment:200', { ...RABBIT, text })], CONTEXT);
  expect(state).toMatchObject({ pending: [], seen: [], remarks: [{ author: 'coderabbitai' }] });
});

test('a bot’s review counts beside its comment', () => {
  const state = newFeedbackState();
  ingestFeedback(state, [item('comment:200', RABBIT)], CONTEXT);
  takeFeedback(state);
  ingestFeedback(state, [item('comment:201', RABBIT), item('review:8', RABBIT)], CONTEXT);
  expect(state.pending.map(({ id }) => id)).toEqual(['review:8']);
});

test('an account that is a program is bounded like a bot, listed or by what it does', () => {
  const listed = item('comment:200', { author: 'atlantis-bot', text: 'Ran Plan' });
  expect(pendingAfter(listed)).toEqual([]);
  const plans = [1, 2, 3, 4].map((n) =>
    item(`comment:20${n}`, {
      author: 'deploys',
      text: `Deployed preview ${n} to https://p${n}.dev`,
    }),
  );
  expect(pendingAfter(...plans)).toEqual(['comment:201', 'comment:202']);
  const people = [1, 2, 3].map((n) => item(`comment:20${n}`, { text: 'Still fails' }));
  expect(pendingAfter(...people)).toHaveLength(3);
});

test.each([
  (n: number) =>
    `This fails on my machine, with this output:\n\n\`\`\`\nf(${n}) is not ${n * n}\n\`\`\``,
  (n: number) => `> line ${n} of the diff\n\nThe same holds for this one here`,
  (n: number) =>
    `${'The handler must close its file before it returns. '.repeat(4)} ${'abc'[n - 1]}`,
  (n: number) => `Please add a test for src/parser${n}.ts, too`,
  (n: number) => `This needs a check for null: parser.ts:${n}0`,
])(
  'who says other things with the same words, beside other code or quotes, is no program',
  (say) => {
    const said = [1, 2, 3].map((n) => item(`comment:20${n}`, { text: say(n) }));
    expect(pendingAfter(...said)).toHaveLength(3);
  },
);

test('after ten turns in a row on what one person says a person is asked', () => {
  const state = newFeedbackState();
  const speak = (id: number, author: string) => {
    ingestFeedback(state, [item(`comment:${id}`, { author, text: `Point ${id}` })], CONTEXT);
    const spent = reasonToAskFirst(state, nextItems(state), 3);
    takeFeedback(state);
    return spent;
  };
  const said = Array.from({ length: 10 }, (_, n) => speak(200 + n, 'ann'));
  expect(said.every((one) => one === undefined)).toBe(true);
  expect(speak(300, 'bob')).toBeUndefined();
  const again = Array.from({ length: 11 }, (_, n) => speak(400 + n, 'ann'));
  expect(again.at(-1)).toBe('10 turns in a row were taken on what @ann says');
  restartRounds(state, [item('x')]);
  expect(speak(500, 'ann')).toBeUndefined();
});

const issueText = (digest: string) => ({ state: 'open', title: 'T', digest }) as const;

test('an issue is edited while its text is another one than the agent has', () => {
  const state = newFeedbackState();
  const edited = (digest: string) => {
    ingestIssue(state, issueText(digest));
    return state.issueEdited;
  };
  expect(['a', 'b', 'a', 'c'].map(edited)).toEqual([false, true, false, true]);
  decideOnEdit(state, 'c', false);
  expect(['c', 'a', 'c', 'd'].map(edited)).toEqual([false, false, false, true]);
  decideOnEdit(state, 'd', true);
  expect(['d', 'a'].map(edited)).toEqual([false, true]);
});

test('whom a person assigns repairs it, until that is taken back; a program’s assignment is none', () => {
  const state = newFeedbackState();
  const deed = (id: string, more: Partial<FeedbackItem>) =>
    ingestFeedback(state, [item(id, { kind: 'assigned', text: 'bob', ...more })], CONTEXT);
  deed('assigned:1', { bot: true, mayWrite: false, author: 'auto-assign' });
  deed('assigned:2', { at: '2026-01-08T09:00:00Z' });
  expect(state.fixer).toBe(null);
  deed('assigned:3', { url: '' });
  expect(state.fixer).toMatchObject({ author: 'bob', at: CONTEXT.now, headSha: 'a' });
  deed('unassigned:4', { kind: 'unassigned', text: 'carol' });
  expect(state.fixer?.author).toBe('bob');
  deed('unassigned:5', { kind: 'unassigned' });
  expect(state).toMatchObject({ fixer: null, pending: [], remarks: [] });
});

test('of two assignees the other one remains, and who took it by a command keeps it', () => {
  const state = newFeedbackState();
  const deed = (kind: 'assigned' | 'unassigned', text: string) =>
    ingestFeedback(state, [item(`${kind}:${text}`, { kind, text, url: '' })], CONTEXT);
  deed('assigned', 'robin');
  deed('assigned', 'kim');
  expect(state.fixer?.author).toBe('kim');
  deed('unassigned', 'kim');
  expect(state.fixer?.author).toBe('robin');
  deed('unassigned', 'robin');
  expect(state.fixer).toBe(null);
  state.fixer = { author: 'ann', bot: false, url: 'u', at: CONTEXT.now, headSha: 'a' };
  deed('assigned', 'ann');
  deed('unassigned', 'ann');
  expect(state.fixer).toMatchObject({ author: 'ann', url: 'u' });
});

test('why it was taken out of the merge queue is told to the person, not to the agent', () => {
  const state = newFeedbackState();
  const heard: string[] = [];
  const hearing = { ...CONTEXT, onDequeued: ({ text }: FeedbackItem) => heard.push(text) };
  const queue = { kind: 'dequeued', author: 'github-merge-queue', bot: true } as const;
  ingestFeedback(state, [item('dequeued:1', { ...queue, text: 'failed checks' })], hearing);
  expect(heard).toEqual(['failed checks']);
  expect(state).toMatchObject({ pending: [], remarks: [{ author: 'github-merge-queue' }] });
});

test('one reply goes to each thread, and to each point outside of threads', () => {
  const thread = { kind: 'thread', thread: 'T' } as const;
  const all = [item('a', thread), item('b', thread), item('c'), item('d')];
  const answers = [
    { to: 'a', text: 'Closed.' },
    { to: 'b', text: 'There, too.' },
    { to: 'd', text: 'Sorted.' },
  ];
  expect(dueReplies(all, [], 'x').map(({ others }) => others)).toEqual([
    ...[[{ id: 'a', edited: null }], []],
    [],
  ]);
  const twice = [all[0], all[1]].flatMap((one) => (one ? { to: one.id, text: 'Same.' } : []));
  expect(dueReplies(all.slice(0, 2), twice, 'x').map(({ text }) => text)).toEqual(['Same.']);
  expect(dueReplies(all, answers, 'Did it.').map(({ item, text }) => [item.id, text])).toEqual([
    ['b', 'Closed.\n\nThere, too.'],
    ['c', 'Did it.'],
    ['d', 'Sorted.'],
  ]);
});

test('where a point stands is told whole', () => {
  const hunk = '@@ -1,2 +1,3 @@\n+let a;\n+let b;';
  const place = { path: 'src/a.ts', startLine: 3, line: 7, outdated: true, hunk };
  const words = feedbackText([], [item('a', { kind: 'thread', thread: 'T', ...place })]);
  expect(words).toContain('on src/a.ts lines 3 to 7, changed since (u):\nx\nIt is about:\n@@');
  const more = [item('a', { thread: 'T', ...place }), item('b', { thread: 'T', ...place })];
  expect(feedbackText([], more).match(/It is about/g)).toHaveLength(1);
});

test('a round is counted once for each thread in a turn, whatever the number of comments', () => {
  const state = newFeedbackState();
  const thread = { kind: 'thread', thread: 'T' } as const;
  ingestFeedback(state, [item('a', thread), item('b', thread), item('c')], CONTEXT);
  takeFeedback(state);
  expect(state.rounds).toEqual({ T: 1, c: 1 });
});

test('a bot ends only what it began', () => {
  const state = newFeedbackState();
  const bot = { bot: true, mayWrite: false, author: 'Copilot' };
  const tell = (id: string, text: string, now = CONTEXT.now) =>
    ingestFeedback(state, [item(id, { ...bot, text })], { ...CONTEXT, now });
  state.fixer = { author: 'ann', bot: false, url: 'u', at: CONTEXT.now, headSha: 'a' };
  tell('b', 'Fixed in 1234567');
  tell('c', 'Looking at the failures');
  tell('d', 'Fixed in 1234567');
  expect(state.fixer.author).toBe('ann');
  // Her time has passed.
  tell('e', 'Looking at the failures', '2026-01-08T13:00:01Z');
  expect(state.fixer?.author).toBe('Copilot');
  tell('f', 'Fixed in 1234567', '2026-01-08T13:00:02Z');
  expect(state.fixer).toBe(null);
  expect(state.pending).toEqual([]);
});

test('what a repairing bot reports on checks holds nothing up, and its mark holds for its time once', () => {
  const state = newFeedbackState();
  const tell = (text: string, now: string, id = 'b') =>
    ingestFeedback(
      state,
      [item(id, { bot: true, mayWrite: false, author: 'Copilot', url: id, text, edited: now })],
      { ...CONTEXT, now },
    );
  for (const status of ['⏳ in progress', '❌ failed', '✅ succeeded'])
    tell(`View your CI pipeline execution for commit 1a2b3c4: ${status}`, `t ${status}`);
  expect(state.fixer).toBe(null);
  expect(state.remarks).toHaveLength(1);
  tell('Copilot is working on a fix', '1', 'c');
  tell('Copilot is working on a fix: second step', '2', 'c');
  expect(state.fixer).toMatchObject({ at: '1' });
  // The comment that said so says something else.
  tell('Waits for its next task', '3', 'c');
  expect(state.fixer).toBe(null);
});

test('what one bot says makes so many turns and no more, until a person speaks', () => {
  const state = newFeedbackState();
  const finding = (id: string) =>
    item(id, {
      ...{ kind: 'thread', thread: id, url: id },
      ...{ bot: true, mayWrite: false, author: 'coderabbitai' },
    });
  const said = (one: FeedbackItem) => {
    ingestFeedback(state, [one], CONTEXT);
    return takeFeedback(state).map(({ id }) => id);
  };
  expect(['a', 'b', 'c', 'd', 'e'].map((id) => said(finding(id)))).toEqual([
    ...[['a'], ['b'], ['c']],
    ...[[], []],
  ]);
  expect(state.remarks).toHaveLength(2);
  expect(said(item('f'))).toEqual(['f']);
  expect(said(finding('g'))).toEqual(['g']);
});

test('of very much that is said at once the state stays bounded, and nothing is told twice', () => {
  const state = newFeedbackState();
  const full: string[] = [];
  const hearing = { ...CONTEXT, onFull: (one: FeedbackItem) => full.push(one.id) };
  const text = '長'.repeat(MAX_FEEDBACK_TEXT);
  const all = Array.from({ length: 300 }, (_, index) =>
    item(`comment:${index}`, { text, author: `ann${index}` }),
  );
  ingestFeedback(state, all, hearing);
  expect([state.pending.length, full.length]).toEqual([200, 100]);
  expect(JSON.stringify(state).length).toBeLessThan(500_000);
  const taken: string[] = [];
  while (state.pending.length > 0) {
    const items = takeFeedback(state, fitsInTurn);
    expect(feedbackText([], items)).not.toContain('[Cut here');
    taken.push(...items.map(({ id }) => id));
    // What found no room is told again by the watcher, as is all the rest.
    ingestFeedback(state, all, hearing);
  }
  expect(taken).toEqual(all.map(({ id }) => id));
  expect(Buffer.byteLength(JSON.stringify(state))).toBeLessThan(1_000_000);

  for (let index = 0; index < 10_000; index++)
    ingestFeedback(state, [item('x'.repeat(100) + index, { mayWrite: false })], CONTEXT);
  expect(Buffer.byteLength(JSON.stringify(state))).toBeLessThan(1_000_000);
});
