import { join, sep } from 'node:path';

/** Replaces `~` at the start of a path by the home directory. */
export function fromHome(path: string, home: string): string {
  if (path === '~') return home;
  return path.startsWith('~/') ? join(home, path.slice(2)) : path;
}

/** Whether a path is the directory itself or inside it. Both must be absolute. */
export const isWithin = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory === sep ? sep : `${directory}${sep}`);

/** The paths without those that are inside another one, in the same order. */
export const outermost = (paths: readonly string[]): string[] =>
  [...new Set(paths)].filter(
    (path) => !paths.some((other) => other !== path && isWithin(path, other)),
  );
