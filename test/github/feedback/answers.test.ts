import { expect, test } from 'vitest';
import { replyMarker } from '../../../src/github/pull-requests/marker.ts';
import { ACME, connect, githubFixture } from '../../support/github-fixture.ts';

async function opened(options?: { draft: boolean }) {
  const fixture = await githubFixture();
  const watched = await fixture.openPull(options);
  return { emulator: fixture.emulator, github: connect(fixture), ...watched };
}

async function inThread() {
  const world = await opened();
  const { emulator, github, pullRequest } = world;
  emulator.review(ACME, pullRequest, {
    ...{ author: 'lint[bot]', state: 'COMMENTED' },
    comments: [{ path: 'a.ts', line: 1, body: 'Rename' }],
  });
  const [item] = await github.readFeedback(ACME, world);
  if (!item?.thread) throw new Error('no thread');
  return { ...world, item, thread: item.thread };
}

const answer = { marker: 'reply 1', text: 'Renamed in abc123.' };

/** Did it, then dropped the connection. */
const unanswered = (path: RegExp, method = 'POST') => ({ method, path, status: 'after' as const });

test('a thread is answered once, where it is', async () => {
  const { emulator, github, pullRequest, item } = await inThread();
  await github.reply(ACME, pullRequest, { item, ...answer });
  await github.reply(ACME, pullRequest, { item, ...answer });
  expect(emulator.threads(ACME)[0]?.comments.map(({ body }) => body)).toEqual([
    'Rename',
    'Renamed in abc123.\n\n<!-- coppice: reply 1 -->\n',
  ]);
});

test('what was edited after its answer is answered anew', async () => {
  const { emulator, github, pullRequest, ...watched } = await opened();
  emulator.allow(ACME, 'alice', 'write');
  const id = emulator.comment(ACME, pullRequest, { author: 'alice', body: 'Rename it' });
  const answerAll = async (text: string) => {
    for (const item of await github.readFeedback(ACME, { ...watched, pullRequest }))
      await github.reply(ACME, pullRequest, { item, marker: replyMarker(item), text });
  };
  await answerAll('Renamed.');
  emulator.editComment(ACME, id, 'Rename it to b', '2100-01-01T00:00:00Z');
  await answerAll('Renamed to b.');
  const bodies = emulator.comments(ACME, pullRequest).map(({ body }) => body.split('\n')[0]);
  expect(bodies).toEqual(['Rename it to b', 'Renamed.', 'Renamed to b.']);
});

test('a thread that is gone wants no answer', async () => {
  const { emulator, github, pullRequest, item } = await inThread();
  const gone = { ...item, thread: 'PRRT_gone' };
  expect(await github.reply(ACME, pullRequest, { item: gone, ...answer })).toBe(false);
  expect(emulator.threads(ACME)[0]?.comments).toHaveLength(1);
});

test('a reply to a thread that went unanswered is found again', async () => {
  const { emulator, github, pullRequest, item } = await inThread();
  // The first request reads the thread, the second writes.
  emulator.failNext({ ...unanswered(/graphql/), skip: 1 });
  await github.reply(ACME, pullRequest, { item, ...answer });
  await github.reply(ACME, pullRequest, { item, ...answer });
  expect(emulator.threads(ACME)[0]?.comments).toHaveLength(2);
});

test('a comment is answered on the pull request, once, also when the first answer went unheard', async () => {
  const { emulator, github, pullRequest, ...watched } = await opened();
  emulator.comment(ACME, pullRequest, { author: 'alice', body: 'Why?' });
  const [item] = await github.readFeedback(ACME, { ...watched, pullRequest });
  if (!item) throw new Error('no item');
  emulator.failNext(unanswered(/comments$/));
  await github.reply(ACME, pullRequest, { item, ...answer });
  await github.reply(ACME, pullRequest, { item, ...answer });
  expect(emulator.comments(ACME, pullRequest)).toHaveLength(2);
});

/** Both ways of answering: a comment of its own, and a reply in a thread. */
async function answering(inOneThread: boolean) {
  if (inOneThread) {
    const { emulator, github, pullRequest, item } = await inThread();
    const said = () => (emulator.threads(ACME)[0]?.comments ?? []).map(({ body }) => body).slice(1);
    return {
      emulator,
      said,
      path: /graphql/,
      skip: 1,
      give: () => github.reply(ACME, pullRequest, { item, ...answer }),
    };
  }
  const { emulator, github, pullRequest, ...watched } = await opened();
  emulator.comment(ACME, pullRequest, { author: 'alice', body: 'Why?' });
  const [item] = await github.readFeedback(ACME, { ...watched, pullRequest });
  if (!item) throw new Error('no item');
  const said = () =>
    emulator
      .comments(ACME, pullRequest)
      .map(({ body }) => body)
      .slice(1);
  return {
    emulator,
    said,
    path: /comments$/,
    skip: 0,
    give: () => github.reply(ACME, pullRequest, { item, ...answer }),
  };
}

test.for([true, false])(
  'an answer that GitHub writes after its connection was cut is looked for, and not given again (in a thread: %s)',
  async (inOneThread) => {
    const { emulator, said, path, skip, give } = await answering(inOneThread);
    const late = emulator.cutNext('POST', path, skip);
    const given = give();
    await late.arrived;
    await late.carryOut();
    await given;
    expect(said()).toEqual(['Renamed in abc123.\n\n<!-- coppice: reply 1 -->\n']);
  },
);

test.for([true, false])(
  'an answer written much later than its connection was cut is taken away again (in a thread: %s)',
  async (inOneThread) => {
    const { emulator, said, path, skip, give } = await answering(inOneThread);
    const late = emulator.cutNext('POST', path, skip);
    await expect(give()).rejects.toMatchObject({ name: 'Unreachable' });
    const second = emulator.holdNext('POST', path, skip);
    const given = give();
    await second.arrived;
    await late.carryOut();
    second.release();
    await given;
    expect(said()).toHaveLength(1);
  },
);

test('where the conversation is locked nothing is said, and nothing fails', async () => {
  const { emulator, github, pullRequest, issue } = await opened();
  emulator.comment(ACME, pullRequest, { author: 'alice', body: 'Why?' });
  const [item] = await github.readFeedback(ACME, { issue, pullRequest });
  if (!item) throw new Error('no item');
  emulator.failNext({
    ...{ method: 'POST', path: /comments$/, status: 403 },
    body: { message: 'Unable to create comment because issue is locked.' },
  });
  expect(await github.reply(ACME, pullRequest, { item, ...answer })).toBe(true);
  expect(emulator.comments(ACME, pullRequest)).toHaveLength(1);
});

test('a marker that someone else copied is not an answer, nor is their comment edited', async () => {
  const { emulator, github, issue } = await opened();
  const body = 'Mine <3\n\n<!-- coppice: question -->';
  emulator.comment(ACME, issue, { author: 'mallory', body });
  await github.upsertComment(ACME, issue, { marker: 'question', text: 'Which?' });
  const comments = emulator.comments(ACME, issue);
  expect(comments.map(({ author }) => author)).toEqual(['mallory', 'person']);
  expect(comments[0]?.body).toBe(body);
});

test('one comment is kept up to date, and left alone while it is', async () => {
  const { emulator, github, issue } = await opened();
  const ask = (text: string) => github.upsertComment(ACME, issue, { marker: 'question', text });
  emulator.failNext(unanswered(/comments$/));
  await ask('Which?');
  emulator.failNext(unanswered(/comments\/\d+$/, 'PATCH'));
  await expect(ask('This or that?')).rejects.toMatchObject({ name: 'Unreachable' });
  await ask('This or that?');
  expect(emulator.comments(ACME, issue).map(({ body }) => body)).toEqual([
    'This or that?\n\n<!-- coppice: question -->\n',
  ]);
  // The second found it done.
  expect(emulator.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
});

test('a reaction is put on whatever was said, as often as asked', async () => {
  const { emulator, github, item, pullRequest, ...watched } = await inThread();
  await github.react(ACME, item, 'eyes');
  emulator.review(ACME, pullRequest, { author: 'alice', state: 'CHANGES_REQUESTED' });
  const said = await github.readFeedback(ACME, { ...watched, pullRequest });
  const review = said.find(({ kind }) => kind === 'review');
  if (!review) throw new Error('no review');
  await github.react(ACME, review, '+1');
  await github.react(ACME, review, '+1');
  expect(emulator.threads(ACME)).toMatchObject([
    { comments: [{ reactions: [{ author: 'person', content: 'eyes' }] }] },
  ]);
  expect(emulator.reviews(ACME).at(-1)?.reactions).toEqual([{ author: 'person', content: '+1' }]);
});
