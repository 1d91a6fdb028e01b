import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { shellQuote } from '../../process/shell-quote.ts';
import type { AgentNeeds, OwnDirectory } from './needs.ts';
import { fromHome, isWithin, outermost } from './paths.ts';

/**
 * The home directory of programs in the sandbox. It has links to what they may read in the person's home, and
 * copies of files that an agent writes often. It is filled from inside the sandbox, because an agent may have
 * put anything into it.
 */
export interface PrivateHome {
  /** Paths in the person's home that are linked under the same names. */
  readonly linked: readonly string[];
  /** Paths in the agent's own directories, and where each is linked below the private home. */
  readonly shared: readonly { readonly path: string; readonly at: string }[];
  readonly copied: readonly { readonly path: string; readonly at: string; readonly text: string }[];
  /** Environment variables that make the agent use these directories. */
  readonly variables: Readonly<Record<string, string>>;
}

/** A file in the private home. It holds a digest of the links for which the home was filled. */
const MARK = '.coppice-home';

/**
 * Decides what a private home contains.
 * @param readable paths that programs may read; those in the person's home are linked
 * @param home the person's home directory
 * @param own the private home directory
 */
export function planHome(
  readable: readonly string[],
  { directories }: AgentNeeds,
  env: NodeJS.ProcessEnv,
  home: string,
  own: string,
): PrivateHome {
  const agents = directories.filter(({ at }) => at !== '').map(({ from }) => fromHome(from, home));
  const isAgents = (path: string) => agents.some((directory) => isWithin(path, directory));
  return {
    linked: outermost(readable).filter(
      (path) => path !== home && isWithin(path, home) && !isWithin(path, own) && !isAgents(path),
    ),
    shared: directories.flatMap((directory) => sharedOf(directory, home)),
    copied: directories.flatMap((directory) => copiesOf(directory, home)),
    variables: Object.fromEntries(
      directories.flatMap(({ variable, at }) =>
        variable !== undefined && env[variable] !== undefined ? [[variable, join(own, at)]] : [],
      ),
    ),
  };
}

function sharedOf({ from, at, shared }: OwnDirectory, home: string) {
  const directory = fromHome(from, home);
  const names = shared === 'all' ? (existsSync(directory) ? readdirSync(directory) : []) : shared;
  return names
    .map((name) => ({ path: join(directory, name), at: join(at, name) }))
    .filter(({ path }) => existsSync(path));
}

function copiesOf({ from, at, copied = [] }: OwnDirectory, home: string) {
  return copied.flatMap(({ name, without }) => {
    const path = join(fromHome(from, home), name);
    const text = withoutKeys(path, without);
    return text === undefined ? [] : [{ path, at: join(at, name), text }];
  });
}

/** A JSON file without these keys, as text; undefined when there is no such file, or it can't be parsed. */
function withoutKeys(path: string, keys: readonly string[]): string | undefined {
  try {
    const all = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    return JSON.stringify(
      Object.fromEntries(Object.entries(all).filter(([key]) => !keys.includes(key))),
    );
  } catch {
    return undefined;
  }
}

/**
 * Writes the copied files to a directory that the program inside can read.
 * @returns the shell commands that fill the private home
 */
export function homeSetup(
  { linked, shared, copied }: PrivateHome,
  home: string,
  copies: string,
): string {
  mkdirSync(copies, { recursive: true, mode: 0o700 });
  const written = copied.map(({ text, at }, index) => {
    const path = join(copies, String(index));
    writeFileSync(path, text, { mode: 0o600 });
    return { path, at };
  });
  const links = [...linked.map((path) => ({ path, at: relative(home, path) })), ...shared];
  const mark = createHash('sha256').update(JSON.stringify(links)).digest('hex');
  const all = [...links, ...written].map(({ at }) => dirname(at));
  return [
    'cd -- "$HOME" || exit',
    `if [ "$(cat ${MARK} 2>/dev/null)" != ${mark} ]; then`,
    `mkdir -p -- ${[...new Set(['.', ...all])].map(shellQuote).join(' ')}`,
    ...[...new Set(links.map(({ at }) => dirname(at)))].map((directory) =>
      linking(
        directory,
        links.filter(({ at }) => dirname(at) === directory),
      ),
    ),
    ...written.map(
      ({ path, at }) => `[ -e ${shellQuote(at)} ] || cp -- ${shellQuote(path)} ${shellQuote(at)}`,
    ),
    `echo ${mark} >${MARK}`,
    'fi',
  ].join('\n');
}

/** Shell commands that make links in a directory. A file that an agent made under such a name stays. */
function linking(
  directory: string,
  links: readonly { readonly path: string; readonly at: string }[],
): string {
  return [
    'set --',
    ...links.map(({ path, at }) => {
      const name = shellQuote(at);
      return `[ -L ${name} ] && rm -f -- ${name}; [ -e ${name} ] || set -- "$@" ${shellQuote(path)}`;
    }),
    `[ $# -eq 0 ] || ln -s -- "$@" ${shellQuote(`${directory}/`)}`,
  ].join('\n');
}
