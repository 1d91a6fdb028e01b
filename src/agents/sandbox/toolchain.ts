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

/** Where an operating system keeps its programs and their settings. */
const SYSTEM: Readonly<Record<string, readonly string[]>> = {
  linux: [
    ...['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/usr', '/etc', '/opt', '/nix'],
    ...['/snap', '/var/lib/snapd', '/run/current-system', '/var/lib/ca-certificates'],
    ...['/var/cache/fontconfig', '/home/linuxbrew/.linuxbrew'],
  ],
};

/** Where managers of tools put them, below a home. Nothing in them is a credential. */
const MANAGERS = [
  ...['.nvm', '.fnm', '.volta', '.nodenv', '.asdf', '.local/share/mise', '.local/share/fnm'],
  ...['.pyenv', '.local/share/uv', '.local/share/pipx', 'miniconda3', 'anaconda3', 'miniforge3'],
  ...['.rustup', '.cargo/bin', '.cargo/env', 'go/bin', '.goenv', '.sdkman', '.jenv', '.rbenv'],
  ...['.bun/bin', '.bun/install/global', '.deno/bin', '.dotnet', '.ghcup', '.juliaup', '.swiftly'],
  ...['.local/bin', '.local/lib', '.yarn/bin', '.local/share/pnpm/global', '.linuxbrew'],
  ...['.tool-versions', '.editorconfig', '.config/git/ignore', '.config/git/attributes'],
];

/** Variables that lead to an installed tool, or to the authorities that tools trust. */
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

/** Programs of which the whole installation is opened, wherever a link on PATH leads. */
const PROGRAMS = [
  ...['node', 'npm', 'pnpm', 'yarn', 'bun', 'deno', 'git', 'git-lfs', 'python3', 'python', 'pip'],
  ...['uv', 'poetry', 'go', 'cargo', 'rustc', 'java', 'mvn', 'gradle', 'ruby', 'bundle', 'php'],
  ...['composer', 'dotnet', 'make', 'cmake'],
];

/** Coppice's own files: parts of some agents run from them. */
const PACKAGE = fileURLToPath(new URL('../../..', import.meta.url));
const PARTS = ['src', 'dist', 'templates', 'schema', 'node_modules', 'package.json'].map((name) =>
  join(PACKAGE, name),
);

/**
 * What the person's tools need to run: directories of PATH, the installations that their programs lead to, and what
 * managers of tools keep in the home. Paths that are there, without duplicates.
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
 * Of /etc, what not everybody on this machine may read: programs in the sandbox of a person who may, such as root, may
 * not either.
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

/** Whether a place is not a home, nor a directory that holds one. */
const isNarrow = (path: string, home: string): boolean =>
  isAbsolute(path) && !isWithin(home, path) && dirname(path) !== path;

/** A program of the person's own is opened with the package that it is part of. */
function agentsOwn(program: string, path: readonly string[], home: string): string[] {
  const named = fromHome(program, home);
  if (!isAbsolute(named)) return program.includes(sep) ? [] : installationOf(program, path, home);
  if (!existsSync(named)) return [];
  return [named, ...manifestOf(realpathSync(named), home), ...installationOf(named, path, home)];
}

/** The nearest directory around a file that has a package.json, below a home. */
function manifestOf(file: string, home: string): string[] {
  for (let at = dirname(file); isNarrow(at, home); at = dirname(at))
    if (existsSync(join(at, 'package.json'))) return [at];
  return [];
}

/** The directories of a program: where it is found, and where it leads to. */
function installationOf(name: string, path: readonly string[], home: string): string[] {
  const places = isAbsolute(name) ? [name] : path.map((directory) => join(directory, name));
  const first = places.find((place) => isProgram(place, {}, '/'));
  if (first === undefined) return [];
  const real = realpathSync(first);
  return [first, real, ...packageOf(real), ...parentOf(real, home)];
}

/** The directory of installed packages that a file of one belongs to. */
function packageOf(path: string): string[] {
  const at = path.indexOf(`${sep}node_modules${sep}`);
  return [at < 0 ? path : path.slice(0, at + `${sep}node_modules`.length)];
}

/** What a `bin` directory belongs to, such as `~/.nvm/versions/node/v24.0.0`, unless much else is in it. */
function parentOf(program: string, home: string): string[] {
  const directory = dirname(program);
  const root = dirname(directory);
  const holdsMore = [join(home, '.local'), join(home, '.cargo'), join(home, 'go')].includes(root);
  return basename(directory) === 'bin' && isNarrow(root, home) && !holdsMore ? [root] : [];
}
