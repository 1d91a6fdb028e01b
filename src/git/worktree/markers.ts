import { git } from '../command/client.ts';
import { GitFailure } from '../command/failure.ts';

/** How many files are named at the most. */
const SHOWN = 10;

/** Files changed since `from` whose last commit holds lines that git writes around a conflict. */
export async function conflictMarkers(worktree: string, from: string): Promise<string[]> {
  try {
    await git(worktree, [
      '-c',
      'core.whitespace=-trailing-space,-space-before-tab,-blank-at-eof',
      'diff',
      '--check',
      from,
      'HEAD',
    ]);
    return [];
  } catch (error) {
    if (!(error instanceof GitFailure) || error.exitCode !== 2) throw error;
    const files = [...error.stdout.matchAll(/^(.*):\d+: leftover conflict marker$/gm)];
    return [...new Set(files.map(([, file = '']) => file))].slice(0, SHOWN);
  }
}
