import { git } from '../command/client.ts';
import { GitFailure } from '../command/failure.ts';

/** How many files are named at most. */
const SHOWN = 10;

/** Files changed between two commits that contain conflict markers. */
export async function conflictMarkers(
  checkout: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<string[]> {
  try {
    await git(checkout, [
      '-c',
      'core.whitespace=-trailing-space,-space-before-tab,-blank-at-eof',
      'diff',
      '--check',
      '--no-ext-diff',
      '--no-textconv',
      from,
      to,
      '--',
    ]);
    return [];
  } catch (error) {
    if (!(error instanceof GitFailure) || error.exitCode !== 2) throw error;
    const files = [...error.stdout.matchAll(/^(.*):\d+: leftover conflict marker$/gm)];
    return [...new Set(files.map(([, file = '']) => file))].slice(0, SHOWN);
  }
}
