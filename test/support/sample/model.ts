import { report } from '../model-server/report.ts';
import { type Asked, type Reply, type Scenario, say } from '../model-server/scenario.ts';
import { guidanceIn, isAgain, issueIn, kindIn, pointsIn } from '../prompt.ts';
import { findPlay } from '../scripted-agent/script.ts';
import { type Act, actOf } from './acts.ts';

/** As much of what a tool gave back as a question holds, in characters. */
const MAX_CONTEXT = 1_500;

/**
 * A model that does for the sample's issues what the scripted agent does, with the tools of whichever agent asks it, a step
 * at a time. It remembers nothing: what came before is in what it is asked.
 */
export const sampleModel: Scenario = (asked) => {
  const turns = turnsIn([...asked.before, asked.prompt]);
  if (turns.length === 0) return { text: 'That is no issue of the sample.' };
  const acts = actsOf(turns);
  const failure = failureOf(acts, asked);
  if (failure !== undefined) return failure;
  return (acts[asked.results.length]?.reply ?? say('That is all.'))(asked);
};

/** The prompts of a conversation's turns; of one that was interrupted, only where it was begun again. */
function turnsIn(texts: readonly string[]): string[] {
  const turns = texts.filter((text) => issueIn(text) !== undefined && kindIn(text) !== undefined);
  return turns.filter((_, index) => !isAgain(turns[index + 1] ?? ''));
}

/** Whoever sees that a step did not work stops and asks. */
function failureOf(acts: readonly Act[], asked: Asked): Reply | undefined {
  const { results } = asked;
  const failed = results.findIndex((result, index) => acts[index]?.worked(result) === false);
  if (failed < 0) return undefined;
  return report({
    kind: 'stuck',
    decision: `What shall be done? Step ${failed + 1} did not work`,
    options: [],
    context: (results[failed] ?? '').slice(-MAX_CONTEXT),
  })(asked);
}

/** What is to be done in the last of these turns. */
function actsOf(turns: readonly string[]): Act[] {
  const turn = turns.at(-1) ?? '';
  const ofKind = (kind: string) => turns.filter((text) => kindIn(text) === kind);
  const answers = ofKind('guidance').map((text) => guidanceIn(text) ?? '');
  const play = findPlay(issueIn(turn) ?? '', answers, undefined);
  const context = { answer: answers.at(-1) ?? '', points: pointsIn(turn) };
  return stepsOf(turn, play, answers.length, ofKind('feedback').length).map((step) =>
    actOf(step, context),
  );
}

function stepsOf(turn: string, play: ParsedPlay, answers: number, feedback: number): Steps {
  switch (kindIn(turn)) {
    case 'plan':
      return [
        { do: 'write', path: '.coppice/plan.md', content: `${play.plan}\n` },
        { do: 'done', summary: 'The plan is written.' },
      ];
    case 'feedback':
      return play.feedback[feedback - 1] ?? NOTHING;
    default:
      return afterQuestions(play.steps, answers);
  }
}

type ParsedPlay = ReturnType<typeof findPlay>;
type Steps = ParsedPlay['steps'];

const NOTHING: Steps = [{ do: 'done', summary: 'Nothing had to be changed.' }];

/** What follows the questions that were answered; when there were not as many, what it said last. */
function afterQuestions(steps: Steps, answers: number): Steps {
  const questions = steps.flatMap(({ do: what }, index) => (what === 'ask' ? [index] : []));
  if (answers === 0) return steps;
  return steps.slice((questions[answers - 1] ?? steps.length - 2) + 1);
}
