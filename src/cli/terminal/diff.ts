import { spawn } from 'node:child_process';
import { once } from 'node:events';

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
export async function showDiff(checkout: string, { from, to, stat }: Diff): Promise<number> {
  const args = ['diff', '--no-ext-diff', '--no-textconv', ...(stat ? ['--stat'] : [])];
  const child = spawn('git', [...args, '--end-of-options', from, `refs/heads/${to}`, '--'], {
    cwd: checkout,
    stdio: 'inherit',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
