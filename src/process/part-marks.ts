import type { Marks } from './members.ts';

/** In the environment of each program that a service keeps running, so that it is found when nothing else tells of it. */
const MARK = 'COPPICE_PART';

/** @param root the state directory of the service */
export const marksOfPart = (root: string, part: 'worker' | 'temporal'): Marks => ({
  [MARK]: `${part} of ${root}`,
});

/** What the worker starts is no part of the service. */
export const forgetPartMark = (env: NodeJS.ProcessEnv): void => {
  delete env[MARK];
};
