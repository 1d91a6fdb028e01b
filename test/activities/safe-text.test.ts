import { expect, test } from 'vitest';
import { createSafeText } from '../../src/activities/safe-text.ts';
import { pullRequestBody } from '../../src/domain/pull-request/body.ts';
import { questionText, replyText } from '../../src/domain/pull-request/comment-text.ts';
import { withDefaults } from '../../src/domain/session/options.ts';

const TOKEN = `ghp_${'a1B2'.repeat(9)}`;
const OWN = 'the-value-of-a-secret-variable';
const EVIL = `${TOKEN} ${OWN} @octocat ![x](https://evil.example/p.png) Fixes #7 <img src=https://evil.example/y>`;

test('in a body, a question and a reply an agent’s words act on nothing and hold no secret', async () => {
  const words = createSafeText([OWN]);
  const question = await words.question({
    decision: EVIL,
    options: withDefaults([EVIL]),
    context: EVIL,
  });
  const parts = await words.parts({
    ...{ summary: EVIL, tests: EVIL, plan: EVIL, parent: null, stack: [] },
    decisions: [{ decision: EVIL, guidance: EVIL }],
  });
  const said = [
    pullRequestBody(1, parts),
    questionText({ ...question, asksFor: 'guidance' }),
    replyText(await words.of(EVIL), null, { thread: null, url: 'u' }),
  ];
  for (const text of said) {
    expect(text).not.toContain(TOKEN);
    expect(text).not.toContain(OWN);
    expect(text).not.toMatch(/(?<!`)@octocat|!\[|Fixes #7|<img/);
    expect(text).toContain('[masked]');
  }
});
