import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * The refs of a repository, read without running git in it, because an agent may have written its
 * configuration.
 */
export interface NestedRefs {
  /** The commit of HEAD; undefined before the first one. */
  readonly head: string | undefined;
  /** Commits that may exist nowhere else: those of HEAD, branches and the stash. */
  readonly own: readonly string[];
  /** Commits that came from a remote. */
  readonly fetched: readonly string[];
  /** Path of its objects directory. */
  readonly objects: string;
}

/** The largest refs file or reflog that is read, in bytes. */
const LARGEST = 64_000_000;

const ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * Reads the refs of the git directory `directory`.
 * @throws Error with the reason when they can't be read this way
 */
export function readNestedRefs(directory: string): NestedRefs {
  const common = resolve(directory, textIn(directory, 'commondir').trim() || '.');
  if (lstatSync(join(common, 'reftable'), { throwIfNoEntry: false }))
    throw new Error('its refs are in a format that Coppice does not read');
  const refs = new Map([...packedRefs(common), ...looseRefs(common, 'refs')]);
  const headText = textIn(directory, 'HEAD').trim();
  const headRef = /^ref: (.*)$/.exec(headText)?.[1];
  const head = headRef === undefined ? asId(headText) : refs.get(headRef);
  const of = (pattern: RegExp) =>
    [...refs].flatMap(([name, id]) => (pattern.test(name) ? [id] : []));
  const log = textIn(directory, 'logs/HEAD').split('\n');
  const cloned = log
    .filter((line) => line.includes('\tclone: from '))
    .map((line) => line.split(' ')[1]);
  const stash = textIn(common, 'logs/refs/stash')
    .split('\n')
    .map((line) => line.split(' ')[1]);
  const fetchHead = textIn(directory, 'FETCH_HEAD')
    .split('\n')
    .map((line) => line.split('\t')[0]);
  const shallow = textIn(common, 'shallow').split('\n');
  const own = [head, ...of(/^refs\/heads\//), ...of(/^refs\/stash$/), ...stash.map(asId)];
  const fetched = [...of(/^refs\/remotes\//), ...[...cloned, ...fetchHead, ...shallow].map(asId)];
  return {
    head,
    own: ids([...own, ...detached(common)]),
    fetched: ids(fetched),
    objects: join(common, 'objects'),
  };
}

const asId = (text: string | undefined): string | undefined =>
  text !== undefined && ID.test(text) ? text : undefined;

const ids = (list: readonly (string | undefined)[]): string[] => [
  ...new Set(list.filter((id) => id !== undefined)),
];

/** The commits of the HEADs of the repository's other worktrees. */
const detached = (common: string): (string | undefined)[] =>
  entriesOf(join(common, 'worktrees')).map(({ name }) =>
    asId(textIn(join(common, 'worktrees', name), 'HEAD').trim()),
  );

function packedRefs(common: string): (readonly [string, string])[] {
  return textIn(common, 'packed-refs')
    .split('\n')
    .flatMap((line) => {
      const [id = '', name = ''] = line.split(' ');
      return ID.test(id) && name !== '' ? [[name, id] as const] : [];
    });
}

function looseRefs(common: string, name: string): (readonly [string, string])[] {
  return entriesOf(join(common, name)).flatMap((entry) => {
    const path = `${name}/${entry.name}`;
    if (entry.isDirectory()) return looseRefs(common, path);
    const id = entry.isFile() ? asId(textIn(common, path).trim()) : undefined;
    return id === undefined ? [] : [[path, id] as const];
  });
}

const entriesOf = (directory: string) =>
  lstatSync(directory, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(directory, { withFileTypes: true })
    : [];

/** The text of a file in a directory; empty when there is no such file. Links and devices are not read. */
function textIn(directory: string, name: string): string {
  const path = join(directory, name);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return '';
  if (!found.isFile() || found.size > LARGEST)
    throw new Error(`${name} in its git directory can't be read`);
  return readFileSync(path, 'utf8');
}
