import { existsSync, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isProgram } from '../turn/environment.ts';
import { fromHome, isWithin } from './paths.ts';

/** A place that programs in the sandbox may read, and why. */
export interface Readable {
  readonly path: string;
  readonly why: 'system' | 'tools' | 'access.read' | 'agent' | 'agent.env' | 'Coppice';
}

/** Directories in which the operating system keeps programs and their settings. */
const SYSTEM: Readonly<Record<string, readonly string[]>> = {
  linux: [
    ...['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/usr', '/etc', '/opt', '/nix'],
    ...['/snap', '/var/lib/snapd', '/run/current-system', '/var/lib/ca-certificates'],
    ...['/var/cache/fontconfig', '/home/linuxbrew/.linuxbrew'],
  ],
};

/** Paths below a home directory in which version managers install tools. They contain no credentials. */
const MANAGERS = [
  ...['.nvm', '.fnm', '.volta', '.nodenv', '.asdf', '.local/share/mise', '.local/share/fnm'],
  ...['.pyenv', '.local/share/uv', '.local/share/pipx', 'miniconda3', 'anaconda3', 'miniforge3'],
  ...['.rustup', '.cargo/bin', '.cargo/env', 'go/bin', '.goenv', '.sdkman', '.jenv', '.rbenv'],
  ...['.bun/bin', '.bun/install/global', '.deno/bin', '.dotnet', '.ghcup', '.juliaup', '.swiftly'],
  ...['.local/bin', '.local/lib', '.yarn/bin', '.local/share/pnpm/global', '.linuxbrew'],
  ...['.tool-versions', '.editorconfig', '.config/git/ignore', '.config/git/attributes'],
];

/** Environment variables that name an installed tool, or the certificate authorities that tools trust. */
const VARIABLES = [
  ...['NVM_DIR', 'PYENV_ROOT', 'RBENV_ROOT', 'ASDF_DIR', 'ASDF_DATA_DIR', 'RUSTUP_HOME', 'GOROOT'],
  ...[
    'JAVA_HOME',
    'M2_HOME',
    'MAVEN_HOME',
    'GRADLE_HOME',
    'SDKMAN_DIR',
    'VOLTA_HOME',
    'DOTNET_ROOT',
  ],
];

/** Programs whose whole installation may be read, wherever a link on PATH leads. */
const PROGRAMS = [
  ...['node', 'npm', 'pnpm', 'yarn', 'bun', 'deno', 'git', 'git-lfs', 'python3', 'python', 'pip'],
  ...['uv', 'poetry', 'go', 'cargo', 'rustc', 'java', 'mvn', 'gradle', 'ruby', 'bundle', 'php'],
  ...['composer', 'dotnet', 'make', 'cmake'],
];

/** Coppice's own files. Clients and servers of some agents run from them. */
const PACKAGE = fileURLToPath(new URL('../../..', import.meta.url));
const PARTS = ['src', 'dist', 'templates', 'schema', 'node_modules', 'package.json'].map((name) =>
  join(PACKAGE, name),
);

/**
 * Finds what the person's tools need to run: the directories of PATH, the installations to which their
 * programs lead, and the directories of version managers. Only existing paths are returned, without
 * duplicates.
 * @param programs of the agent: names on PATH, and paths from its command line
 */
export function findToolchain(
  env: NodeJS.ProcessEnv,
  home: string,
  programs: readonly string[],
  platform: NodeJS.Platform = process.platform,
): Readable[] {
  const path = (env.PATH ?? '').split(delimiter).filter((one) => isAbsolute(one));
  const places: Readable[] = [
    ...of('system', SYSTEM[platform] ?? []),
    ...of(
      'tools',
      path.filter((directory) => isNarrow(directory, home)),
    ),
    ...of(
      'tools',
      PROGRAMS.flatMap((name) => installationOf(name, path, home)),
    ),
    ...of(
      'tools',
      MANAGERS.map((name) => join(home, name)),
    ),
    ...of(
      'tools',
      VARIABLES.flatMap((name) => env[name] ?? []).filter((one) => isNarrow(one, home)),
    ),
    ...of(
      'agent',
      programs.flatMap((program) => agentsOwn(program, path, home)),
    ),
    ...of(
      'Coppice',
      [process.execPath, ...PARTS].flatMap((part) => [part, ...packageOf(part)]),
    ),
  ];
  const found = new Map<string, Readable>();
  for (const place of places)
    if (existsSync(place.path) && !found.has(place.path)) found.set(place.path, place);
  return [...found.values()];
}

/**
 * Finds files in /etc that not every user may read. Programs in the sandbox may not read them either, even if
 * the person may, for example as root.
 */
export function privateSettings(directory = '/etc'): string[] {
  const closed: string[] = [];
  const look = (path: string) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const inner = join(path, entry.name);
      if (entry.isSymbolicLink()) continue;
      const mode = lstatSync(inner, { throwIfNoEntry: false })?.mode ?? 0;
      if ((mode & 0o4) === 0) closed.push(inner);
      else if (entry.isDirectory()) look(inner);
    }
  };
  if (existsSync(directory)) look(directory);
  return closed;
}

const of = (why: Readable['why'], paths: readonly string[]): Readable[] =>
  paths.map((path) => ({ path, why }));

/** Whether a path is neither the home directory nor one that contains it. */
const isNarrow = (path: string, home: string): boolean =>
  isAbsolute(path) && !isWithin(home, path) && dirname(path) !== path;

/** The paths of an agent's program. A program in the person's home may be read together with its package. */
function agentsOwn(program: string, path: readonly string[], home: string): string[] {
  const named = fromHome(program, home);
  if (!isAbsolute(named)) return program.includes(sep) ? [] : installationOf(program, path, home);
  if (!existsSync(named)) return [];
  return [named, ...manifestOf(realpathSync(named), home), ...installationOf(named, path, home)];
}

/** The nearest parent directory of a file that has a package.json, below the home directory. */
function manifestOf(file: string, home: string): string[] {
  for (let at = dirname(file); isNarrow(at, home); at = dirname(at))
    if (existsSync(join(at, 'package.json'))) return [at];
  return [];
}

/** The paths of a program: where PATH finds it, and the installation to which that leads. */
function installationOf(name: string, path: readonly string[], home: string): string[] {
  const places = isAbsolute(name) ? [name] : path.map((directory) => join(directory, name));
  const first = places.find((place) => isProgram(place, {}, '/'));
  if (first === undefined) return [];
  const real = realpathSync(first);
  return [first, real, ...packageOf(real), ...parentOf(real, home)];
}

/** The `node_modules` directory that contains a file; the path itself when there is none. */
function packageOf(path: string): string[] {
  const at = path.indexOf(`${sep}node_modules${sep}`);
  return [at < 0 ? path : path.slice(0, at + `${sep}node_modules`.length)];
}

/**
 * The installation to which a `bin` directory belongs, such as `~/.nvm/versions/node/v24.0.0`, unless it
 * contains much else.
 */
function parentOf(program: string, home: string): string[] {
  const directory = dirname(program);
  const root = dirname(directory);
  const holdsMore = [join(home, '.local'), join(home, '.cargo'), join(home, 'go')].includes(root);
  return basename(directory) === 'bin' && isNarrow(root, home) && !holdsMore ? [root] : [];
}
