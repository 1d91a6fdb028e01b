import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { guidanceIn, issueIn, pointsIn } from '../prompt.ts';
import { began, ended } from './diary.ts';
import { recall, remember } from './memory.ts';
import { findPlay } from './script.ts';
import { type Ending, perform, say } from './steps.ts';

/*
 * An agent that stands in for a model: started through the `command` adapter like any program, it makes real edits and
 * commits, but follows a script. Environment, beside what Coppice sets:
 *
 *   SCRIPTED_AGENT_SCRIPT      a script in JSON (script.ts); without it, the sample's issues
 *   SCRIPTED_AGENT_DELAY       milliseconds of "work" before each step; 300 when absent
 *   SCRIPTED_AGENT_PAUSE_FILE  see Turn.pauseFile
 *   SCRIPTED_AGENT_DIARY       a file to which all agents write what they are told and do (diary.ts)
 *   SCRIPTED_AGENT_PROPOSALS   a file with what it proposes about a plan, word for word; what it saw goes to `<file>.seen`
 */

const { env } = process;
const delay = Number(env.SCRIPTED_AGENT_DELAY ?? 300);

async function plan(issue: string): Promise<Ending> {
  say('Exploring');
  await sleep(delay);
  await writeFile('.coppice/plan.md', `${findPlay(issue, [], env.SCRIPTED_AGENT_SCRIPT).plan}\n`);
  return { outcome: { kind: 'done', summary: 'The plan is written.' } };
}

async function work(issue: string, told: string | undefined): Promise<Ending> {
  let { passed, answers } = recall();
  // A turn that was killed brings its guidance again.
  let guidance = told === answers.at(-1) ? undefined : told;
  if (passed > 0) say(`Going on after ${passed} steps`);
  for (;;) {
    const step = findPlay(issue, answers, env.SCRIPTED_AGENT_SCRIPT).steps[passed];
    if (!step) return { exitCode: 0 };
    await sleep(delay);
    const answer = answers.at(-1) ?? '';
    const ending = await perform(step, {
      issue,
      guidance,
      answer,
      points: [],
      pauseFile: env.SCRIPTED_AGENT_PAUSE_FILE,
    });
    if (ending?.outcome) return ending;
    passed += 1;
    if (step.do === 'ask' && guidance !== undefined) {
      answers = [...answers, guidance];
      guidance = undefined;
    }
    await remember({ passed, answers });
    if (ending) return ending;
  }
}

/** A turn on feedback: what the script has for it, from where an interrupted attempt ended. */
async function feedback(issue: string, points: readonly string[]): Promise<Ending> {
  const { turns, passed: before } = recall().feedback;
  const turn = env.COPPICE_TURN ?? '';
  const isNew = turns.at(-1) !== turn;
  const known = isNew ? [...turns, turn] : turns;
  const { answers } = recall();
  const steps =
    findPlay(issue, answers, env.SCRIPTED_AGENT_SCRIPT).feedback[known.length - 1] ?? [];
  const context = { issue, points, guidance: undefined, answer: answers.at(-1) ?? '' };
  for (let passed = isNew ? 0 : before; passed < steps.length; passed++) {
    await remember({ feedback: { turns: known, passed } });
    await sleep(delay);
    const step = steps[passed];
    const ending = step && (await perform(step, { ...context, pauseFile: undefined }));
    if (ending) return ending;
  }
  return { outcome: { kind: 'done', summary: 'Nothing had to be changed.' } };
}

/** Proposes about a plan what it is told to. */
async function propose(prompt: string, file: string): Promise<Ending> {
  const seen = { prompt, files: await readdir('.', { recursive: true }), env: Object.keys(env) };
  await writeFile(`${file}.seen`, JSON.stringify(seen));
  const proposals = await readFile(file, 'utf8');
  if (proposals === '') return { exitCode: 3 };
  await writeFile('.coppice/proposals.json', proposals);
  return { exitCode: 0 };
}

const begin = (prompt: string, issue: string): Promise<Ending> => {
  const proposals = env.SCRIPTED_AGENT_PROPOSALS;
  if (proposals !== undefined && prompt.includes('.coppice/proposals.json'))
    return propose(prompt, proposals);
  if (env.COPPICE_TURN_KIND === 'plan') return plan(issue);
  if (env.COPPICE_TURN_KIND === 'feedback') return feedback(issue, pointsIn(prompt));
  return work(issue, env.COPPICE_TURN_KIND === 'guidance' ? guidanceIn(prompt) : undefined);
};

const prompt = await text(process.stdin);
const issue = issueIn(prompt);
if (issue === undefined) throw new Error('the prompt names no issue: expected “Issue #<number>”');
began(issue, prompt);
say('Scripted agent, standing in for a model: it follows a script and understands nothing.');
await mkdir('.coppice', { recursive: true });
const ending = await begin(prompt, issue);
ended(issue);
if (ending.outcome) {
  await writeFile('.coppice/outcome.json', `${JSON.stringify(ending.outcome, null, 2)}\n`);
  say(`Outcome: ${ending.outcome.kind}`);
} else {
  process.exitCode = ending.exitCode;
}
