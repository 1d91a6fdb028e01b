import type { Activities } from '../../../src/activities/types.ts';

/** Activities that change something, and that every session comes to. */
const ACTIVITIES: readonly (keyof Activities)[] = [
  ...(['register', 'createWorktree', 'runTurn', 'inspectOutgoing', 'publish'] as const),
  ...(['recordStatus', 'makeReady', 'notify', 'removeWorktree'] as const),
];

const GIT = ['push', 'fetch', 'update-ref', 'worktree add'];

const REQUESTS = ['POST pulls', 'POST graphql'];

/** Moments at which a process can be stopped, as src/process/stop-points.ts names them. */
export const POINTS: readonly string[] = [
  ...ACTIVITIES,
  ...GIT.map((command) => `git ${command}`),
  ...REQUESTS,
].flatMap((step) => [`before ${step}`, `after ${step}`]);
