import { existsSync, readFileSync } from 'node:fs';
import type { SessionRecord } from '../../../src/domain/session/session.ts';
import { ask } from './board.ts';
import type { Deeds } from './deeds.ts';
import { answerFor } from './issues.ts';
import type { Stage } from './stage.ts';

/** How long the person waits to be told of a question, in milliseconds. */
const TOLD_WITHIN = 60_000;

/** The person who answers the questions of sessions: what the world means to be asked, and anything else so that it goes on. */
export function createAnswers(stage: Stage, deeds: Deeds) {
  const { issues, repository } = stage;
  const { once, isDone } = deeds;

  /** Whoever does not know whether a message has arrived looks, before it is sent again. */
  async function guide(issue: number, text: string) {
    await ask(
      stage,
      async (coppice) => {
        const { detail } = await coppice.show(repository, issue);
        const isThere = detail.guidance.some((one) => one.text.includes(text));
        if (!isThere) await coppice.guide(repository, issue, text);
      },
      90_000,
    );
  }

  return async function answer({
    issueNumber: issue,
    asksFor,
    stuckReason,
    since,
  }: SessionRecord): Promise<void> {
    if (!isTold(stage.logs.told, issue, since)) return;
    const { traits = [] } = issues.find(({ number }) => number === issue) ?? {};
    if (asksFor === 'guidance' && traits.includes('asks') && !isDone(`answer ${issue}`)) {
      const text = answerFor(issue);
      // Before it is sent: it may arrive though nobody hears that it did.
      if (!deeds.guidance.some((one) => one.issue === issue)) deeds.guidance.push({ issue, text });
      await once(`answer ${issue}`, () => guide(issue, text));
    } else if (asksFor === 'approval') {
      await once(`approve ${issue} ${since}`, () =>
        ask(stage, (coppice) => coppice.guide(repository, issue, { action: 'approve' }), 90_000),
      );
    } else if (asksFor !== null && !isDone(`answer ${issue} ${since}`)) {
      const known = isDone(`answer ${issue}`) && stuckReason?.includes(`Which way for ${issue}?`);
      if (known) return;
      const anyway = asksFor === 'retry' ? ({ action: 'retry' } as const) : 'Go on.';
      await once(`answer ${issue} ${since}`, () =>
        ask(stage, (coppice) => coppice.guide(repository, issue, anyway), 90_000),
      );
    }
  };
}

/** The person answers what they were told of; and also what nobody tells them of, after a while. */
const isTold = (file: string, issue: number, since: string): boolean =>
  Date.now() - Date.parse(since) > TOLD_WITHIN ||
  questionsTold(file).some(
    (one) => one.issue === issue && Date.parse(one.at) >= Date.parse(since) - 5_000,
  );

/** Questions of which the person was told, and when they were asked. */
function questionsTold(file: string): { readonly issue: number; readonly at: string }[] {
  if (!existsSync(file)) return [];
  const messages = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return messages
    .flatMap((line) => (JSON.parse(line) as { events: Told[] }).events)
    .filter(({ question }) => question !== null);
}

interface Told {
  readonly issue: number;
  readonly at: string;
  readonly question: unknown;
}
