import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { StuckContext } from '../../../src/domain/session/turn.ts';
import { samplePlays } from '../sample/plays.ts';

/**
 * One thing the scripted agent does. In a string of `write` or `done`, `{{answer}}` stands for the latest guidance.
 * `ask` and `done` end the turn; so does `exit`, without an outcome.
 */
export const Step = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('say'), text: z.string() }),
  z.strictObject({ do: z.literal('read'), path: z.string() }),
  z.strictObject({ do: z.literal('write'), path: z.string(), content: z.string() }),
  z.strictObject({ do: z.literal('delete'), path: z.string() }),
  /** Fails the turn when the file holds neither `from` nor `to`. */
  z.strictObject({ do: z.literal('replace'), path: z.string(), from: z.string(), to: z.string() }),
  /** Commits everything, after waiting at the pause file. Without a change there is no commit. */
  z.strictObject({ do: z.literal('commit'), message: z.string() }),
  /** Waits at the pause file. */
  z.strictObject({ do: z.literal('pause') }),
  /** Runs `node --test`; fails the turn when a test does. */
  z.strictObject({ do: z.literal('test') }),
  /** Runs a program, whatever its exit code: for agents that misbehave. */
  z.strictObject({ do: z.literal('run'), command: z.array(z.string()).min(1) }),
  z.strictObject({ do: z.literal('exit'), code: z.int() }),
  /** Ends the turn stuck, until a turn brings guidance. */
  z.strictObject({ do: z.literal('ask'), ...StuckContext.shape }),
  z.strictObject({
    do: z.literal('done'),
    summary: z.string(),
    tests: z.string().optional(),
    /** What it says to each point of feedback that the prompt names. */
    reply: z.string().optional(),
  }),
]);
export type Step = z.input<typeof Step>;

/** A text of a step with the latest guidance in it. */
export const expand = (text: string, answer: string): string =>
  text.replaceAll('{{answer}}', answer);

export const Play = z.strictObject({
  /** The text of the plan. */
  plan: z.string().default('Do what the issue says.'),
  /** Followed over all turns of a session but those below, each from where the last ended. */
  steps: z.array(Step),
  /** What it does in its first turn on feedback, in its second, and so on; in others it is done at once. */
  feedback: z.array(z.array(Step)).default([]),
});
export type Play = z.input<typeof Play>;

/** Plays by issue number, as a test writes them into the file that SCRIPTED_AGENT_SCRIPT names. */
export const Script = z.record(z.string().regex(/^\d+$/), Play);
export type Script = z.input<typeof Script>;

/** @param file a script in JSON; without one, the agent plays the sample's issues */
export function findPlay(
  issue: string,
  answers: readonly string[],
  file: string | undefined,
): z.output<typeof Play> {
  const script = file === undefined ? samplePlays(answers) : JSON.parse(readFileSync(file, 'utf8'));
  const play = Script.parse(script)[issue];
  if (!play) throw new Error(`no play for issue #${issue}`);
  return play;
}
