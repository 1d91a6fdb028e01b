import type { Rules } from '../check.ts';

/** What may stay in a checkout: its own branch, what GitHub has, and what Coppice keeps of work. */
const MAY_STAY = [
  /^refs\/heads\/main$/,
  /^refs\/remotes\/origin\/(HEAD|main)$/,
  /^refs\/coppice\/kept\//,
];

export const gitRules: Rules = {
  'the base branch is as without faults': ({ world, repositories }) => {
    const paths = new Set([...Object.keys(world.files), ...Object.keys(repositories.files)]);
    return [...paths].sort().flatMap((path) => {
      const [wanted, found] = [world.files[path], repositories.files[path]];
      if (wanted === found) return [];
      return [`${path} is ${JSON.stringify(found)}, and was to be ${JSON.stringify(wanted)}`];
    });
  },

  'no branch is left on GitHub': ({ repositories }) =>
    repositories.githubBranches.filter((name) => name !== 'main').map((name) => `${name} is left`),

  'no ref is left in the checkout': ({ repositories }) =>
    repositories.checkoutRefs
      .filter((ref) => !MAY_STAY.some((pattern) => pattern.test(ref)))
      .map((ref) => `${ref} is left`),

  'no worktree is left': ({ repositories }) =>
    repositories.worktrees.slice(1).map((path) => `${path} is left`),

  'no lock or directory is left': ({ repositories }) =>
    repositories.remains.map((path) => `${path} is left`),

  'no process is left': ({ processes }) => processes.map((command) => `${command} still runs`),
};
