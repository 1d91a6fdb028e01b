import type { Marks } from './members.ts';

/** Marks the environment of each program that the service keeps running, so that the program is found when its record is lost. */
const MARK = 'COPPICE_PART';

/** @param root the state directory of the service */
export const marksOfPart = (root: string, part: 'worker' | 'temporal'): Marks => ({
  [MARK]: `${part} of ${root}`,
});

/** Removes the mark, because programs that the worker starts are not parts of the service. */
export const forgetPartMark = (env: NodeJS.ProcessEnv): void => {
  delete env[MARK];
};
