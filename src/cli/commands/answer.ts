import { ClientError, type Coppice, type SessionView } from '../../client/types.ts';
import { waitsForPerson } from '../../client/waiting.ts';
import { dollarsIn, readAnswerLine } from '../../domain/session/answer-line.ts';
import type { Question } from '../../domain/session/turn.ts';
import type { RepositoryName } from '../../domain/shared/repository.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { withCoppice } from '../connection.ts';
import type { Context } from '../context.ts';
import { findIssues, findRepository } from '../project.ts';
import { renderQuestion } from '../render/question.ts';

type Step = 'answered' | 'skipped' | 'quit';

/** Walks through all sessions that wait for a person, the oldest first, shows what each asks, and takes the answers. */
export async function answer(context: Context, references: readonly string[]): Promise<void> {
  const wanted = references.length === 0 ? undefined : await findIssues(context, references);
  const repository = wanted?.repository ?? (await findRepository(context));
  const { terminal } = context;
  await withCoppice(context.services, async (coppice) => {
    const { sessions } = await coppice.board(repository);
    const waiting = waitsForPerson(sessions).filter(
      (issue) => wanted === undefined || wanted.issues.includes(issue),
    );
    if (waiting.length === 0) return terminal.out('Nothing waits for an answer of yours.');
    const done = { answered: 0, skipped: 0, quit: 0 };
    for (const [index, issue] of waiting.entries()) {
      const step = await answerOne(context, coppice, { repository, issue }, [
        index + 1,
        waiting.length,
      ]);
      done[step] += 1;
      if (step === 'quit') break;
    }
    const left = waiting.length - done.answered;
    terminal.out(`${done.answered} answered${left === 0 ? '.' : `, ${left} left: coppice answer`}`);
  });
}

async function answerOne(
  context: Context,
  coppice: Coppice,
  { repository, issue }: { readonly repository: RepositoryName; readonly issue: number },
  place: readonly [number, number],
): Promise<Step> {
  const { terminal, now } = context;
  for (;;) {
    const view = await coppice.show(repository, issue);
    const { stuck } = view.detail;
    if (!stuck) return skip(context, `#${issue} asks nothing any more.`);
    terminal.out(renderQuestion(view, place, { now: now(), columns: terminal.columns }));
    try {
      const step = await takeAnswer(context, coppice, view, stuck);
      if (step !== undefined) return step;
    } catch (error) {
      // Somebody else was first, or it asks something else by now: the person sees what it is.
      if (!(error instanceof ClientError)) throw error;
      terminal.err(`coppice: ${oneLine(error.message, 500)}`);
      if (error.kind !== 'Refused') return 'skipped';
    }
  }
}

function skip({ terminal }: Context, why: string): Step {
  terminal.out(why);
  return 'skipped';
}

/** @returns undefined when it is to be asked again */
async function takeAnswer(
  { terminal }: Context,
  coppice: Coppice,
  { detail: { record } }: SessionView,
  question: Question,
): Promise<Step | undefined> {
  const { repository, issueNumber: issue } = record;
  const ask = async (prompt: string) => (await terminal.readLine(prompt))?.trim();
  const send = async (guidance: Parameters<Coppice['guide']>[2]): Promise<Step> => {
    await coppice.guide(repository, issue, guidance);
    terminal.out(`#${issue} continues.\n`);
    return 'answered';
  };
  const line = await ask('Your answer (a number, or words; s skips, q quits): ');
  if (line === undefined) return 'quit';
  const reply = readAnswerLine(line, question);
  const about = question.decision;
  switch (reply.do) {
    case 'guide':
      return send(reply.guidance);
    case 'words': {
      const text = await ask('Your words: ');
      return text ? send({ text, action: reply.action, about }) : undefined;
    }
    case 'amount': {
      const budget = dollarsIn((await ask('US dollars to add, such as 5: ')) ?? '');
      return budget === undefined ? undefined : send({ budget, about });
    }
    case 'cancel': {
      const sure = await ask(`Cancel #${issue}? Its work is kept. Type yes: `);
      if (sure?.toLowerCase() !== 'yes') return undefined;
      await coppice.cancel(repository, issue);
      terminal.out(`#${issue} is being cancelled.\n`);
      return 'answered';
    }
    case 'again':
      terminal.err(`coppice: ${reply.reason}`);
      return undefined;
    case 'skip':
      return 'skipped';
    case 'quit':
      return 'quit';
  }
}
