import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Outcome } from '../../domain/session/turn.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { exceededFile, ignoredIn, refusalsFile } from './confine.ts';
import { GB } from './limits.ts';
import type { IgnoredRequests } from './needs.ts';

/** Requests of a program that the sandbox refused. */
interface Refusals {
  /** Hosts with ports, such as `example.com:443`. */
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
}

/** A limit for which programs were ended. */
interface ExceededLimit {
  /** Such as `more than 20 GB of disk`. */
  readonly limit: string;
  /** Names of these programs. */
  readonly ended: readonly string[];
  /** The value for coppice.yaml that would allow twice as much. */
  readonly setting: string;
}

/** How many of each are shown. */
const SHOWN = 5;

/** How much of the file is read, in bytes. A program may be refused the same request endlessly. */
const MAX_BYTES = 256 * 1024;

/** The longest context of a question, in characters. */
const MAX_CONTEXT = 2_000;

/** Paths that many programs try to use and do not need. */
const USUAL = /^\/(dev|proc|sys)(\/|$)|^\/tmp\/?$/;

/**
 * Describes what was refused to the program of a directory that `confine` got, and how to allow it; empty
 * when nothing was.
 */
export function refusalsIn(directory: string): string {
  const ignored = ignoredIn(directory);
  if (!ignored) return '';
  const refusals = parseRefusals(linesOf(refusalsFile(directory)), ignored);
  return inWords(refusals, limitsIn(linesOf(exceededFile(directory))), ignored);
}

/** The limit for which all programs were ended, such as `more than 20 GB of disk`; undefined when none was. */
export const exceededLimitIn = (directory: string): string | undefined =>
  limitsIn(linesOf(exceededFile(directory))).find(({ ended }) => ended.includes(ALL))?.limit;

function linesOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(0, MAX_BYTES);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** Adds what the sandbox refused to the outcome of a failed or stuck turn. */
export function withRefusals(outcome: Outcome, refusals: string): Outcome {
  if (refusals === '') return outcome;
  switch (outcome.kind) {
    case 'failed':
    case 'invalid':
      return { ...outcome, tail: `${outcome.tail}\n${refusals}` };
    case 'stuck':
      return { ...outcome, context: `${outcome.context}\n${refusals}`.trim().slice(-MAX_CONTEXT) };
    default:
      return outcome;
  }
}

/** Parses lines such as `deny network-outbound example.com:443 (…)` and `deny openat /etc/passwd`. */
export function parseRefusals(text: string, ignored: IgnoredRequests): Refusals {
  // The name of a draft or lock begins with the name of its file.
  const isSpared = (path: string) =>
    path === ignored.home || ignored.paths.some((own) => path.startsWith(own));
  const hosts = new Set<string>();
  const paths = new Set<string>();
  for (const line of text.split('\n')) {
    const host = /^deny network-outbound (\S+)/.exec(line)?.[1];
    const [, call = '', path] = /^deny (?!network)(\S+) (\/.*)$/.exec(line) ?? [];
    if (host !== undefined && !ignored.hosts.includes(host)) hosts.add(oneLine(host));
    if (path === undefined || USUAL.test(path) || isSpared(path)) continue;
    // Programs often try to make directories that exist already.
    if (!(call.startsWith('mkdir') && isDirectory(path))) paths.add(oneLine(path));
  }
  return { hosts: [...hosts], paths: [...paths] };
}

/** In the place of a program's name: all programs were ended. */
const ALL = 'all';

/** Parses lines such as `limit memory 8000000000 node`. */
export function limitsIn(text: string): ExceededLimit[] {
  const found = [...text.matchAll(/^limit (processes|memory|disk) (\d+) (.*)$/gm)];
  const byLimit = Map.groupBy(found, ([, limit = '']) => limit);
  return [...byLimit].map(([limit, lines]) => {
    const most = Number(lines[0]?.[2]);
    const size = limit === 'processes' ? `${most} processes` : `${most / GB} GB of ${limit}`;
    const more = limit === 'processes' ? most * 2 : Math.ceil((most / GB) * 2);
    return {
      limit: `more than ${size}`,
      ended: [...new Set(lines.map(([, , , name = '']) => oneLine(name, 40)))],
      setting: `${limit}: ${more}`,
    };
  });
}

const limitLine = ({ limit, ended }: ExceededLimit): string =>
  `${limit} (${ended.includes(ALL) ? 'all programs were ended' : `ended: ${ended.join(', ')}`})`;

const isDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** The directory of a path; the path itself when that directory is the home, or contains it. */
function narrow(path: string, home: string): string {
  const directory = dirname(path);
  return directory === home || dirname(directory) === directory || home.startsWith(`${directory}/`)
    ? path
    : directory;
}

function inWords(
  { hosts, paths }: Refusals,
  limits: readonly ExceededLimit[],
  { home }: IgnoredRequests,
): string {
  if (hosts.length + paths.length + limits.length === 0) return '';
  const shown = (all: readonly string[]) =>
    `${all.slice(0, SHOWN).join(', ')}${all.length > SHOWN ? ` and ${all.length - SHOWN} more` : ''}`;
  // Paths in `.git` can't be opened, so they are not proposed.
  const folders = [
    ...new Set(
      paths.filter((path) => !/\/\.git(\/|$)/.test(path)).map((path) => narrow(path, home)),
    ),
  ];
  const written = folders.map((path) =>
    path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path,
  );
  return [
    'The sandbox refused:',
    ...(hosts.length > 0 ? [`  connections to ${shown(hosts)}`] : []),
    ...(paths.length > 0 ? [`  writing ${shown(paths)}`] : []),
    ...limits.map((one) => `  ${limitLine(one)}`),
    ...(hosts.length + folders.length + limits.length > 0
      ? ['To allow them from the next turn on, add to coppice.yaml:']
      : []),
    ...(hosts.length + folders.length + limits.length > 0 ? ['  access:'] : []),
    ...(hosts.length > 0 ? [`    hosts: [${hosts.slice(0, SHOWN).join(', ')}]`] : []),
    ...(folders.length > 0 ? [`    write: [${written.slice(0, SHOWN).join(', ')}]`] : []),
    ...(limits.length > 0
      ? [`    limits: { ${limits.map(({ setting }) => setting).join(', ')} }`]
      : []),
  ].join('\n');
}
