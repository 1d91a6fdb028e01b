import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { coppiceHome } from '../state/home.ts';
import type { Context, Services } from './context.ts';
import { EXIT, report, UsageError } from './errors.ts';
import { createProgram, type GlobalOptions } from './program.ts';
import type { Terminal } from './terminal/terminal.ts';

/** What a command line is run with. */
export interface World {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly terminal: Terminal;
  readonly services: (context: Pick<Context, 'env' | 'home' | 'terminal'>) => Promise<Services>;
  readonly now?: () => Date;
}

/**
 * Runs one command line (without `node` and the script) and returns its exit code: 0, 1 for a failure, 2 for a mistake in
 * the command line itself. Every error ends here, as one clear message.
 */
export async function runCli(args: readonly string[], world: World): Promise<number> {
  const { terminal } = world;
  let exitCode: number = EXIT.ok;
  const program = createProgram({
    version: packageVersion(),
    terminal,
    context: (options) => createContext(world, options),
    exit: (code) => {
      exitCode = code;
    },
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    const { exitCode: code, text } = report(error, program.opts().debug === true);
    if (text !== '') terminal.err(text);
    return code;
  }
}

async function createContext(world: World, options: GlobalOptions): Promise<Context> {
  const { env, terminal, now = () => new Date() } = world;
  const home = coppiceHome(env);
  const cwd = directory(world.cwd, options.directory);
  return {
    env,
    home,
    terminal,
    now,
    cwd,
    repo: options.repo,
    run: (args, own) =>
      runCli([...sameRepository(options), ...args], { ...world, cwd, terminal: own }),
    services: await world.services({ env, home, terminal }),
  };
}

const sameRepository = ({ repo }: GlobalOptions): readonly string[] =>
  repo === undefined ? [] : ['--repo', repo];

function directory(cwd: string, given: string | undefined): string {
  if (given === undefined) return cwd;
  const path = resolve(cwd, given);
  if (path.includes('\0') || !statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`-C ${JSON.stringify(given)}: there is no such directory`);
  return path;
}

/** package.json is two directories up from the sources and from what is built of them. */
const packageVersion = (): string =>
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
