import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { restack } from '../../../src/git/rebase/restack.ts';
import { pushBranch } from '../../../src/git/remote/push.ts';
import { parse, signing, trySigning } from '../../../src/git/remote/signing.ts';
import { addWorktree } from '../../../src/git/worktree/worktrees.ts';
import { identify } from '../../../src/process/identity.ts';
import { commit, createRepository, noToken, run } from '../../support/git-repository.ts';

/** A signing program of OpenPGP or X.509, as far as git can tell. */
const PROGRAM = `#!/bin/sh
cat >/dev/null
echo "-----BEGIN PGP SIGNATURE-----"; echo fake; echo "-----END PGP SIGNATURE-----"
echo "[GNUPG:] BEGIN_SIGNING" >&2; echo "[GNUPG:] SIG_CREATED x" >&2
`;

/** A session of a person who signs their commits in this way. */
async function session(format: 'ssh' | 'openpgp' | 'x509' = 'ssh') {
  const repository = createRepository();
  const { checkout, remote, root } = repository;
  const key = join(root, 'key');
  const program = join(root, 'program');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  writeFileSync(program, PROGRAM);
  chmodSync(program, 0o755);
  const set = (name: string, value: string) => run(checkout, 'config', name, value);
  set('commit.gpgSign', 'true');
  set('gpg.format', format);
  if (format === 'ssh') set('user.signingKey', `${key}.pub`);
  else set(format === 'x509' ? 'gpg.x509.program' : 'gpg.program', program);
  const location = repository.location(124);
  const base = { branch: 'main', tip: run(remote, 'rev-parse', 'main') };
  await addWorktree(location, { tip: base.tip });
  return { ...repository, location, base, set, key };
}

const object = (directory: string, revision: string) =>
  run(directory, 'cat-file', 'commit', revision);

test.each(['ssh', 'openpgp', 'x509'] as const)(
  'before a push the session’s commits are signed (%s), and nothing else of them changes',
  async (format) => {
    const { location, remote, commitElsewhere } = await session(format);
    commit(location.worktree, { 'a.txt': 'a\n' }, 'Ein Täxt\n\nwith a body   \n\n\nand more');
    commit(location.worktree, { 'b.txt': 'b\n' }, 'b');
    const before = ['HEAD~1', 'HEAD'].map((name) => parse(object(location.worktree, name)));
    const sha = await pushBranch(location, noToken);
    const after = ['HEAD~1', 'HEAD'].map((name) => parse(object(location.worktree, name)));
    for (const [at, was] of before.entries())
      expect(after[at]).toEqual({ ...was, isSigned: true, parents: after[at]?.parents });
    expect(run(location.worktree, 'status', '--porcelain', '--branch')).toBe('## issue-124');
    expect(run(remote, 'rev-parse', location.branch)).toBe(sha);

    // What is pushed stays as it is, and what others pushed is not the session's to sign.
    commitElsewhere('main', { 'c.txt': 'c\n' });
    expect(await pushBranch(location, noToken)).toBe(sha);
    commit(location.worktree, { 'd.txt': 'd\n' });
    const next = await pushBranch(location, noToken);
    expect(run(remote, 'rev-parse', `${next}~1`)).toBe(sha);
    expect(parse(object(remote, next)).isSigned).toBe(true);
    expect(parse(object(remote, 'main')).isSigned).toBe(false);
  },
);

test('what Coppice rebases is signed again, and can be verified', async () => {
  const { location, base, remote, root, key, commitElsewhere } = await session();
  commit(location.worktree, { 'a.txt': 'a\n' }, 'a');
  await pushBranch(location, noToken);
  const tip = commitElsewhere('main', { 'c.txt': 'c\n' });
  await restack(location, base, 'main', { tokens: noToken });
  expect(run(remote, 'rev-parse', `${location.branch}~1`)).toBe(tip);
  const allowed = join(root, 'allowed');
  const [kind, data] = execFileSync('cat', [`${key}.pub`], { encoding: 'utf8' }).split(' ');
  writeFileSync(allowed, `tester@example.com ${kind} ${data}\n`);
  run(location.worktree, '-c', `gpg.ssh.allowedSignersFile=${allowed}`, 'verify-commit', 'HEAD');
});

test('a key that can’t sign is told with its reason and the setting, and nothing is pushed', async () => {
  const { location, remote, set, checkout } = await session();
  set('user.signingKey', join(checkout, 'no-such-key.pub'));
  commit(location.worktree, { 'a.txt': 'a\n' }, 'a');
  await expect(pushBranch(location, noToken)).rejects.toMatchObject({
    type: 'GitFailed',
    message: expect.stringMatching(
      /could not be signed.*no-such-key\.pub.*git -C \S+ config commit\.gpgSign false$/,
    ),
  });
  await expect(trySigning(checkout)).rejects.toThrow('no-such-key');
  expect(run(remote, 'branch', '--list', location.branch)).toBe('');
  set('commit.gpgSign', 'false');
  expect(await signing(checkout)).toBeUndefined();
  await pushBranch(location, noToken);
});

test('a key that does not answer is given up after a minute, with what it may wait for, and its program ends', async () => {
  const { location, checkout, root, remote, set } = await session('openpgp');
  const program = join(root, 'waits');
  writeFileSync(program, `#!/bin/sh\necho $$ >${root}/pid\nexec sleep 1000\n`);
  chmodSync(program, 0o755);
  set('gpg.program', program);
  commit(location.worktree, { 'a.txt': 'a\n' }, 'a');
  const { timeout } = AbortSignal;
  const limits: number[] = [];
  const spy = vi.spyOn(AbortSignal, 'timeout').mockImplementation((limit) => {
    limits.push(limit);
    return timeout.call(AbortSignal, limit === 60_000 ? 500 : limit);
  });
  onTestFinished(() => spy.mockRestore());
  const late =
    /could not be signed.*signing took longer than 60 s: the key may need a passphrase.*unlock the key/;
  await expect(pushBranch(location, noToken)).rejects.toMatchObject({
    type: 'GitFailed',
    message: expect.stringMatching(late),
  });
  await expect(trySigning(checkout)).rejects.toThrow(late);
  expect(limits.filter((limit) => limit === 60_000)).toHaveLength(2);
  expect(run(remote, 'branch', '--list', location.branch)).toBe('');
  const pid = Number(readFileSync(join(root, 'pid'), 'utf8'));
  expect(identify(pid)).toBeUndefined();
});

test('who signs by their setting is found out, whatever Coppice sets for its own commands', async () => {
  const { checkout } = await session();
  expect(await signing(checkout)).toEqual({ format: 'ssh' });
  await trySigning(checkout);
});
