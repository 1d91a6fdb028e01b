import { join, sep } from 'node:path';

/** The path that a person or an agent's maker writes with `~/`. */
export function fromHome(path: string, home: string): string {
  if (path === '~') return home;
  return path.startsWith('~/') ? join(home, path.slice(2)) : path;
}

/** Whether a path is a directory or in it; both absolute. */
export const isWithin = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory === sep ? sep : `${directory}${sep}`);

/** Without those that lie in others of them; in the same order. */
export const outermost = (paths: readonly string[]): string[] =>
  [...new Set(paths)].filter(
    (path) => !paths.some((other) => other !== path && isWithin(path, other)),
  );
