import { execa } from 'execa';
import type { Terminal } from './terminal.ts';

export interface Diff {
  /** The commit that the branch starts from. */
  readonly from: string;
  /** The branch. */
  readonly to: string;
  readonly stat?: true;
}

/**
 * Shows a diff in the person's checkout with the person's own git, which colours and pages it where a person watches.
 * @returns git's exit code
 */
export async function showDiff(
  terminal: Pick<Terminal, 'isTTY' | 'out'>,
  checkout: string,
  { from, to, stat }: Diff,
): Promise<number> {
  const args = ['diff', '--no-ext-diff', '--no-textconv', ...(stat ? ['--stat'] : [])];
  const git = execa('git', [...args, '--end-of-options', from, `refs/heads/${to}`, '--'], {
    cwd: checkout,
    reject: false,
    stdio: terminal.isTTY ? 'inherit' : ['ignore', 'pipe', 'inherit'],
    buffer: false,
  });
  if (!terminal.isTTY) for await (const line of git) terminal.out(line);
  return (await git).exitCode ?? 1;
}
