import { run, write } from '../../support/git-repository.ts';

/**
 * Resolves a conflict as a careful person does, in files in which every line stands for itself: what either side added
 * stays, what either side took away goes.
 */
export function resolveByHand(worktree: string, details: string): void {
  const [, onto = '', from = ''] = /git rebase --onto (\w+) (\w+)/.exec(details) ?? [];
  let conflicts = !tries(worktree, 'rebase', '--onto', onto, from);
  while (conflicts) {
    for (const file of run(worktree, 'diff', '--name-only', '--diff-filter=U').split('\n')) {
      const [base, ours, theirs] = [1, 2, 3].map((stage) => linesAt(worktree, `:${stage}:${file}`));
      if (!base || !ours || !theirs) throw new Error(`${file} is not in conflict`);
      const kept = ours.filter((line) => theirs.includes(line) || !base.includes(line));
      const added = theirs.filter((line) => !base.includes(line) && !ours.includes(line));
      write(worktree, { [file]: [...kept, ...added].map((line) => `${line}\n`).join('') });
      run(worktree, 'add', file);
    }
    conflicts = !tries(worktree, '-c', 'core.editor=true', 'rebase', '--continue');
  }
}

/** Lines of a file at a revision (`main:a.txt`), or in the index. */
export const linesAt = (directory: string, object: string): string[] =>
  run(directory, 'show', object)
    .split('\n')
    .filter((line) => line !== '');

function tries(worktree: string, ...args: string[]): boolean {
  try {
    run(worktree, ...args);
    return true;
  } catch (error) {
    if (/CONFLICT|unmerged/i.test(`${(error as { stdout?: string }).stdout}`)) return false;
    throw error;
  }
}
