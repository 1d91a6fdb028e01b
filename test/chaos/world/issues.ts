import type { MergeMethod } from '../../support/github-emulator/merge.ts';
import type { Play, Step } from '../../support/scripted-agent/script.ts';

/**
 * What makes an issue's session harder than writing two files.
 * - `asks`: its agent asks the person, who answers
 * - `approval`: its plan waits for the person
 * - `failing`: its checks fail until the agent hears of it
 * - `reviewed`: a reviewer asks for changes in a thread
 * - `commented`: a person and a bot comment on its pull request
 * - `pushed`: a reviewer pushes a commit to its branch
 * - `rerun`: the person cancels its session, and runs the issue again
 */
type Trait = 'asks' | 'approval' | 'failing' | 'reviewed' | 'commented' | 'pushed' | 'rerun';

export interface WorldIssue {
  readonly number: number;
  readonly title: string;
  readonly after: readonly number[];
  readonly traits: readonly Trait[];
  /** Merged on its own, or with the others of its stack at once. */
  readonly merge: MergeMethod;
  readonly wholeStack: boolean;
}

/** An issue of a group: `after` are places in the group. */
interface Member {
  readonly after?: readonly number[];
  readonly traits?: readonly Trait[];
  readonly merge?: MergeMethod;
}
interface Group {
  readonly members: readonly Member[];
  readonly wholeStack?: boolean;
}

/** Taken in this order, again and again, until the world has as many issues as it is to have. */
const GROUPS: readonly Group[] = [
  {
    members: [
      { traits: ['asks'] },
      { after: [0], traits: ['reviewed'], merge: 'rebase' },
      { after: [1], merge: 'merge' },
    ],
  },
  { members: [{ traits: ['approval', 'failing'] }] },
  { members: [{ traits: ['commented'], merge: 'rebase' }] },
  {
    members: [
      { merge: 'merge' },
      { after: [0], traits: ['asks'] },
      { after: [0], traits: ['commented'], merge: 'rebase' },
      { after: [1, 2], traits: ['reviewed'] },
    ],
  },
  { members: [{ traits: ['pushed'] }] },
  { members: [{ traits: ['rerun'], merge: 'merge' }] },
  {
    wholeStack: true,
    members: [{}, { after: [0], traits: ['pushed'] }, { after: [1], traits: ['asks'] }],
  },
];

/** The issue that the first session works on. */
const FIRST = 101;

/** @param count how many issues there are to be; a group that is too long is cut off */
export function issuesOf(count: number): WorldIssue[] {
  const issues: WorldIssue[] = [];
  for (let turn = 0; issues.length < count; turn++) {
    const { members, wholeStack = false } = GROUPS[turn % GROUPS.length] as Group;
    const first = FIRST + issues.length;
    for (const [place, { after = [], traits = [], merge = 'squash' }] of members.entries()) {
      if (issues.length === count) break;
      const number = first + place;
      issues.push({
        ...{ number, title: `Change number ${number}`, traits, merge, wholeStack },
        after: after.map((one) => first + one),
      });
    }
  }
  return issues;
}

/** The issues that are merged at once with this one, from the bottom; itself alone unless its stack is merged whole. */
export function mergedWith(issue: WorldIssue, issues: readonly WorldIssue[]): WorldIssue[] {
  if (!issue.wholeStack) return [issue];
  const isKin = (one: WorldIssue): boolean =>
    one.wholeStack && Math.abs(one.number - issue.number) < 3;
  return issues.filter((one) => isKin(one) && bottomOf(one, issues) === bottomOf(issue, issues));
}

function bottomOf(issue: WorldIssue, issues: readonly WorldIssue[]): number {
  const below = issues.find(({ number }) => number === issue.after[0]);
  return below ? bottomOf(below, issues) : issue.number;
}

/** What the person answers to the question of an issue's agent. */
export const answerFor = (issue: number): string => `Take the second way, as G-${issue} says`;

/** What the reviewer adds to a branch. */
export const pushFor = ({ number }: WorldIssue) => ({
  path: `work/${number}/reviewer.txt`,
  text: `by the reviewer of ${number}\n`,
});

const HEARD = 'heard and changed\n';

const hears = ({ traits }: WorldIssue): boolean =>
  traits.some((trait) => ['failing', 'reviewed', 'commented'].includes(trait));

/** What the agent of an issue does. */
export function playOf({ number, traits }: WorldIssue): Play {
  const at = (name: string): string => `work/${number}/${name}`;
  const write = (name: string, content: string): Step => ({ do: 'write', path: at(name), content });
  const commit = (what: string): Step => ({ do: 'commit', message: `${what} (#${number})` });
  const asking: Step[] = traits.includes('asks')
    ? [
        { do: 'ask', decision: `Which way for ${number}?`, options: ['the first', 'the second'] },
        write('answer.txt', '{{answer}}\n'),
        commit('Take the way'),
      ]
    : [];
  const failing = traits.includes('failing') ? [write('broken', 'yes\n')] : [];
  const feedback: Step[] = [
    { do: 'delete', path: at('broken') },
    write('heard.txt', HEARD),
    commit('Do as was said'),
    { do: 'done', summary: 'Changed as was said.', reply: `Changed, says the agent of ${number}.` },
  ];
  return {
    plan: `Write the files of ${number}.`,
    steps: [
      ...[write('one.txt', `one of ${number}\n`), commit('Begin')],
      ...asking,
      ...[write('two.txt', `two of ${number}\n`), ...failing, commit('Go on')],
      { do: 'done', summary: `The files of ${number} are written.` },
    ],
    // Whatever number of turns the feedback comes in, each leaves the same files.
    feedback: Array.from({ length: 20 }, () => feedback),
  };
}

/** What the base branch holds below `work/` once all is merged, whatever happened on the way. */
export function expectedFiles(issues: readonly WorldIssue[]): Record<string, string> {
  return Object.fromEntries(
    issues.flatMap((issue) => {
      const { number, traits } = issue;
      const files: [string, string][] = [
        [`work/${number}/one.txt`, `one of ${number}\n`],
        [`work/${number}/two.txt`, `two of ${number}\n`],
      ];
      if (traits.includes('asks'))
        files.push([`work/${number}/answer.txt`, `${answerFor(number)}\n`]);
      if (hears(issue)) files.push([`work/${number}/heard.txt`, HEARD]);
      if (traits.includes('pushed')) files.push([pushFor(issue).path, pushFor(issue).text]);
      return files;
    }),
  );
}
