import { execa } from 'execa';
import { marksIn } from '../attack.ts';
import type { Finding } from '../finding.ts';

/** Refs that Coppice itself moves. */
const OWN = /^refs\/(heads\/issue-\d+|coppice\/.*|remotes\/.*)$/;

const git = (directory: string, ...args: string[]) =>
  execa('git', args, { cwd: directory, reject: false, maxBuffer: 200_000_000 });

/** Every ref that is not Coppice's to move, and what it leads to. */
export async function refsOf(directory: string): Promise<Map<string, string>> {
  const { stdout } = await git(
    ...([directory, 'for-each-ref', '--format=%(refname) %(objectname)%(symref)'] as const),
  );
  return new Map(
    stdout
      .split('\n')
      .map((line) => line.split(' ') as [string, string])
      .filter(([name]) => name !== '' && !OWN.test(name)),
  );
}

/** Refs that were moved, made or removed, and objects that are gone. */
export async function changedRefs(
  name: string,
  directory: string,
  before: ReadonlyMap<string, string>,
): Promise<Finding[]> {
  const after = await refsOf(directory);
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const moved = names.filter((one) => before.get(one) !== after.get(one));
  const { exitCode, stderr } = await git(directory, 'fsck', '--connectivity-only', '--no-dangling');
  return [
    ...moved.map((one) => ({ attack: marksIn(one)[0], seen: `${one} of ${name} was moved` })),
    ...(exitCode === 0 ? [] : [{ seen: `${name} is damaged: ${stderr.split('\n')[0]}` }]),
  ];
}

/** All that is in a repository, objects of no branch too. */
export async function contentOf(directory: string): Promise<Buffer> {
  const { stdout } = await execa(
    'git',
    ['cat-file', '--batch-all-objects', '--batch', '--buffer', '--unordered'],
    { cwd: directory, encoding: 'buffer', maxBuffer: 1_000_000_000 },
  );
  return Buffer.from(stdout);
}
