import type { Rules } from '../check.ts';
import type { DiaryEntry, Evidence } from '../evidence.ts';

/** The turns in whose prompt a text stands. A turn that was killed and begun again is one turn. */
const turnsWith = ({ diary }: Evidence, issue: number, text: string): ReadonlySet<string> =>
  new Set(
    diary
      .filter((entry) => isPrompt(entry) && entry.issue === String(issue))
      .filter(({ prompt }) => prompt?.includes(text))
      .map(({ turn }) => turn),
  );

const isPrompt = ({ what }: DiaryEntry): boolean => what === 'began';

const notOnce = (what: string, count: number): string[] =>
  count === 1 ? [] : [`${what} reached ${count} turns`];

export const agentRules: Rules = {
  'each guidance reaches one turn': (evidence) =>
    evidence.world.guidance.flatMap(({ issue, text }) =>
      notOnce(`#${issue}: “${text}”`, turnsWith(evidence, issue, text).size),
    ),

  'each point of feedback reaches one turn': (evidence) =>
    evidence.world.feedback.flatMap(({ issue, mark }) =>
      notOnce(mark, turnsWith(evidence, issue, mark).size),
    ),

  'no two agents of a session at once': ({ diary }) =>
    diary
      .filter(({ others = [] }) => others.length > 0)
      .map(({ issue, pid, others }) => `#${issue}: ${pid} began while ${others?.join(', ')} ran`),

  'no commit of an agent is lost': ({ diary, repositories }) => {
    const known = new Set(repositories.known);
    return diary
      .filter(({ what }) => what === 'committed')
      .filter(({ commit = '', patch = '' }) => !known.has(commit) && !known.has(patch))
      .map(({ issue, commit }) => `#${issue}: ${commit} is nowhere`);
  },
};
