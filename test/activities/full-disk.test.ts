import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { verified } from '../../src/domain/turn.ts';
import { git as gitOfOurs } from '../../src/git/client.ts';
import { createRepository, run as git } from '../support/git-repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { sandboxTrial } from './sandbox-trial.ts';

/** Commits, fills the disk, and wants to be done; once it is resumed it needs no space but for its outcome. */
const SCRIPT = `
  [ "$COPPICE_RESUME" = 1 ] || { work; cat /dev/zero >"$ROOT/filler"; echo "could not go on" >&2; }
  done_`;

const mayMount = process.platform === 'linux' && process.getuid?.() === 0;
if (!mayMount)
  console.warn('skipped: only root on Linux may mount a disk small enough to be filled');

/** Temporary files of this test go to a disk of so many megabytes. */
function smallDisk(megabytes: number): void {
  const disk = temporaryDirectory('disk');
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', disk]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', disk]));
  vi.stubEnv('TMPDIR', disk);
  onTestFinished(() => void vi.unstubAllEnvs());
}

const commits = (checkout: string): string =>
  git(checkout, 'rev-list', '--count', 'main..issue-124');

test.runIf(mayMount)(
  'an agent that fills the disk of its worktree is stuck with that reason, and its work is kept',
  async () => {
    const state = temporaryDirectory('state');
    smallDisk(16);
    const trial = await sandboxTrial(SCRIPT, { sandbox: 'off' }, state);
    const { outcome, work } = await trial.start().result;
    expect(verified(outcome, work, 'issue-124')).toMatchObject({
      kind: 'stuck',
      decision: expect.stringMatching(/no space left on the disk of .*app-issue-124/),
      context: expect.stringContaining('could not go on'),
    });
    expect(commits(trial.checkout)).toBe('1');
  },
);

test.runIf(mayMount)(
  'one that fills the disk of Coppice’s state too is resumed once there is space',
  async () => {
    smallDisk(16);
    const trial = await sandboxTrial(SCRIPT, { sandbox: 'off' });
    await expect(trial.start().result).rejects.toMatchObject({
      type: 'DiskFull',
      message: expect.stringMatching(/^no space left on the disk of .*: free some$/),
    });
    await trial.until(() => trial.members().length === 0);
    rmSync(join(trial.root, 'filler'));
    const { outcome, work } = await trial.start().result;
    expect(verified(outcome, work, 'issue-124').kind).toBe('done');
    expect(commits(trial.checkout)).toBe('1');
  },
);

test.runIf(mayMount)('git that finds no space is no riddle', async () => {
  smallDisk(16);
  const { checkout, root } = createRepository();
  execFileSync('sh', ['-c', 'cat /dev/zero >"$0" || true', join(root, 'filler')], {
    stdio: 'ignore',
  });
  await expect(
    gitOfOurs(checkout, ['hash-object', '-w', '--stdin'], { input: 'x' }),
  ).rejects.toMatchObject({
    type: 'DiskFull',
    message: expect.stringMatching(/^git hash-object failed .*No space left.*: free some space$/),
  });
});
