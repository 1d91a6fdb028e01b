import { git } from '../command/client.ts';

/**
 * Whether each commit of `ours` that is not in `theirs` or `besides` has a counterpart in `theirs`: a commit
 * with other parents that adds and removes the same lines with the same context, the same modes, and the same
 * bytes of binary files. A merge never has one.
 */
export async function holdsSamePatches(
  checkout: string,
  ours: string,
  theirs: string,
  besides: readonly string[],
): Promise<boolean> {
  const compared = [`${theirs}...${ours}`, '--not', ...besides];
  // git's own comparison ignores spaces and modes, so it only shows which patches are worth comparing.
  const marked = lines(
    await git(checkout, ['rev-list', '--left-right', '--cherry-mark', ...compared]),
  );
  const missing = marked.filter((line) => line.startsWith('>'));
  if (missing.length > 0) return false;
  const alike = marked.filter((line) => line.startsWith('=')).map((line) => line.slice(1));
  const own = new Set(lines(await git(checkout, ['rev-list', ours, '--not', theirs, ...besides])));
  const there = new Set<string>();
  for (const commit of alike) if (!own.has(commit)) there.add(await patchOf(checkout, commit));
  for (const commit of own) if (!there.has(await patchOf(checkout, commit))) return false;
  return true;
}

const lines = (output: string): string[] => output.split('\n').filter((line) => line !== '');

/** The patch of a commit, without line numbers. */
async function patchOf(checkout: string, commit: string): Promise<string> {
  const plain = ['--no-ext-diff', '--no-textconv', '--no-renames', '--full-index', '--unified=3'];
  const args = ['diff-tree', '--root', '--no-commit-id', '-r', '-p', ...plain, commit];
  const patch = await git(checkout, args);
  return patch
    .split(/^(?=diff --git )/m)
    .map((file) =>
      /^@@ /m.test(file)
        ? file.replace(/^index [0-9a-f.]+.*\n/m, '').replace(/^@@ .*$/gm, '@@')
        : file,
    )
    .join('');
}
