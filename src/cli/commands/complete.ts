import { isOver } from '../../domain/session/session.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { type Candidate, type Completable, candidatesFor } from '../completion/candidates.ts';
import { SHELLS } from '../completion/scripts.ts';
import type { Context } from '../context.ts';
import { findRepository } from '../project.ts';

/** Answers a shell that completes a command line: a candidate a line, with a tab before its description. */
export async function complete(
  context: Context,
  words: readonly string[],
  commands: readonly Completable[],
): Promise<void> {
  const found = candidatesFor(words, commands, SHELLS);
  const candidates = found === 'issues' ? await issuesBegun(context, words.at(-1) ?? '') : found;
  for (const { word, description } of candidates)
    context.terminal.out(`${word}\t${oneLine(description, 80)}`);
}

/** The issues of this host's sessions, as last recorded: a shell does not wait for a server. Those that are open come first. */
async function issuesBegun(context: Context, begun: string): Promise<Candidate[]> {
  try {
    const repository = await findRepository(context);
    const { sessions } = await context.services.recordedBoard(repository);
    return sessions
      .map(({ record }) => record)
      .toSorted((a, b) => Number(isOver(a)) - Number(isOver(b)))
      .map(({ issueNumber, issueTitle, status }) => ({
        word: String(issueNumber),
        description: `${status}: ${issueTitle}`,
      }))
      .filter(({ word }) => word.startsWith(begun));
  } catch {
    // There is nothing to complete outside of a checkout.
    return [];
  }
}
