import { expect, test } from 'vitest';
import type { FeedbackItem } from '../../src/domain/pull-request/feedback.ts';
import type { GitHub } from '../../src/github/port.ts';
import type { Emulator } from '../support/github-emulator/index.ts';
import { ACME, connect, githubFixture } from '../support/github-fixture.ts';

interface Write {
  readonly path: RegExp;
  write(github: GitHub, pullRequest: number, item: FeedbackItem): Promise<unknown>;
  /** What is there when it was done once. */
  done(emulator: Emulator, issue: number, pullRequest: number): unknown;
  readonly once: unknown;
}

/** Every write but those whose own tests say so already. */
const WRITES: Readonly<Record<string, Write>> = {
  'a reaction': {
    path: /graphql/,
    write: (github, _, item) => github.react(ACME, item, '+1'),
    done: (emulator) => emulator.threads(ACME)[0]?.comments[0]?.reactions,
    once: [{ author: 'person', content: '+1' }],
  },
  'a reply that resolves its thread': {
    path: /graphql/,
    write: (github, pullRequest, item) =>
      github.reply(ACME, pullRequest, { item, marker: 'reply', text: 'Done', resolve: true }),
    done: (emulator) =>
      emulator
        .threads(ACME)
        .map(({ isResolved, comments }) => [isResolved, comments.map(({ author }) => author)]),
    once: [[true, ['lint[bot]', 'person']]],
  },
  'making a draft ready': {
    path: /graphql/,
    write: (github, pullRequest) => github.markReady(ACME, pullRequest),
    done: (emulator) => emulator.pullRequests(ACME)[0]?.draft,
    once: false,
  },
  'asking for a review': {
    path: /requested_reviewers/,
    write: (github, pullRequest) => github.requestReviewers(ACME, pullRequest, ['alice']),
    done: (emulator) => emulator.pullRequests(ACME)[0]?.requestedReviewers,
    once: ['alice'],
  },
  'a question on the issue': {
    path: /comments$/,
    write: (github) => github.upsertComment(ACME, 1, { marker: 'question', text: 'Which?' }),
    done: (emulator, issue) => emulator.comments(ACME, issue).map(({ author }) => author),
    once: ['person'],
  },
};

for (const [name, { path, write, done, once }] of Object.entries(WRITES))
  test(`${name} is done once, though its answer is lost and it is done again`, async () => {
    const fixture = await githubFixture();
    const { emulator } = fixture;
    emulator.allow(ACME, 'alice', 'write');
    const { issue, pullRequest } = await fixture.openPull({ draft: true });
    emulator.review(ACME, pullRequest, {
      ...{ author: 'lint[bot]', state: 'COMMENTED' },
      comments: [{ path: 'a.ts', line: 1, body: 'Rename' }],
    });
    const [item] = await connect(fixture).readFeedback(ACME, { issue, pullRequest });
    if (!item) throw new Error('no item');
    emulator.failNext({ method: 'POST', path, status: 'after' });
    // As after a crash: another process knows nothing of the first.
    await write(connect(fixture), pullRequest, item).catch(({ name: kind }) =>
      expect(kind).toBe('Unreachable'),
    );
    expect(done(emulator, issue, pullRequest)).toEqual(once);
    await write(connect(fixture), pullRequest, item);
    expect(done(emulator, issue, pullRequest)).toEqual(once);
  });
