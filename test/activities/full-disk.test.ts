import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createWorktreeActivities } from '../../src/activities/worktree/worktree.ts';
import { toDetail } from '../../src/domain/session/projections.ts';
import { newSession } from '../../src/domain/session/state.ts';
import { verified } from '../../src/domain/session/turn.ts';
import { git as gitOfOurs } from '../../src/git/command/client.ts';
import { syncBranch } from '../../src/git/private/sync-branch.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { readDetail } from '../../src/state/session-store.ts';
import { eventually } from '../support/eventually.ts';
import { createRepository, run as git, noToken } from '../support/git-repository.ts';
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
    rmSync(join(trial.root, 'filler'));
    await syncBranch(trial.location);
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

test.runIf(mayMount)(
  'a record that finds no space keeps nobody waiting, and is written when there is some',
  async () => {
    smallDisk(4);
    const root = temporaryDirectory('home');
    const home = coppiceHome({ COPPICE_HOME: join(root, 'home') });
    const { recordStatus } = createWorktreeActivities({ home, env: {}, tokens: noToken });
    const { location } = createRepository();
    const { repository } = location(1);
    const state = newSession({ repository, issue: 1 }, '2026-01-01T00:00:00Z');
    const record = (activity: string, plan = '') => {
      const detail = toDetail(state);
      return recordStatus({
        location: location(1),
        detail: { ...detail, plan, record: { ...detail.record, activity } },
      });
    };
    await record('first');
    execFileSync('sh', ['-c', 'cat /dev/zero >"$0" || true', join(root, 'filler')], {
      stdio: 'ignore',
    });
    const activity = async () => (await readDetail(home, repository, 1))?.detail.record.activity;
    // More than a block that may be left.
    await record('second', 'x'.repeat(100_000));
    await record('third', 'x'.repeat(100_000));
    expect(await activity()).toBe('first');
    rmSync(join(root, 'filler'));
    await eventually(async () => expect(await activity()).toBe('third'));
  },
);
