import { isAbsolute } from 'node:path';
import { execa } from 'execa';
import { type AgentSettings, agentFor } from '../domain/settings/agent-settings.ts';
import type { Abilities, AgentAdapter } from './adapters/adapter.ts';
import { foreignPrices } from './adapters/foreign-model.ts';
import { ADAPTERS } from './adapters/index.ts';
import { isProgram } from './turn/environment.ts';

/** One kind of agent on this host. */
export interface AgentEntry {
  readonly adapter: AgentSettings['adapter'];
  /** Whether coppice.yaml names it. */
  readonly configured: boolean;
  readonly program: string;
  readonly installed: boolean;
  /** The version that the program reports; absent when it reports none. */
  readonly version?: string;
  /** Whether the program is logged in; absent when that can't be found out. */
  readonly loggedIn?: boolean;
  readonly abilities: Abilities;
  /** Why it can't be used, and what to do about it. */
  readonly problem?: string;
  /** Something else that the person should know about it. */
  readonly note?: string;
}

/** Milliseconds a program has to tell its version or its login. */
const TIMEOUT = 20_000;

/** Lists the agents that have a default program, and those that coppice.yaml configures. */
export function inventory(
  settings: readonly AgentSettings[],
  env: NodeJS.ProcessEnv,
  directory: string,
): Promise<AgentEntry[]> {
  const configured = settings.flatMap((one) => [agentFor(one, 'plan'), agentFor(one, 'implement')]);
  const entries = Object.values(ADAPTERS).flatMap((adapter) => {
    const own = configured.filter(({ adapter: name }) => name === adapter.name);
    if (own.length === 0)
      return adapter.program === ''
        ? []
        : [{ adapter, command: undefined, named: false, note: undefined }];
    const note = own.map((one) => foreignPrices(one, env)).find((text) => text !== undefined);
    const programs = new Map(own.map(({ command }) => [command?.[0] ?? adapter.program, command]));
    return [...programs.values()].map((command) => ({ adapter, command, named: true, note }));
  });
  return Promise.all(
    entries.map(async ({ adapter, command, named, note }): Promise<AgentEntry> => {
      const found = await examine(adapter, command, env, directory);
      const loggedIn = found.installed ? await isLoggedIn(adapter, found.program, env) : undefined;
      return {
        adapter: adapter.name,
        configured: named,
        ...found,
        ...(loggedIn !== undefined && { loggedIn }),
        abilities: adapter.abilities,
        ...(note !== undefined && { note }),
      };
    }),
  );
}

/** Why a configured agent can't start, and what to do about it; undefined when it can. */
export async function agentProblem(
  settings: AgentSettings,
  env: NodeJS.ProcessEnv,
  directory: string,
): Promise<string | undefined> {
  for (const kind of ['implement', 'plan'] as const) {
    const { adapter, command } = agentFor(settings, kind);
    const { problem } = await examine(ADAPTERS[adapter], command, env, directory);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/**
 * Which program of a session's agents is not on the PATH of this environment, and what to do about it;
 * undefined when all are. A program with a relative path may come from setup commands, so it is not checked.
 */
export function missingAgent(settings: AgentSettings, env: NodeJS.ProcessEnv): string | undefined {
  for (const kind of ['implement', 'plan'] as const) {
    const { adapter, command } = agentFor(settings, kind);
    const { install, program: usual } = ADAPTERS[adapter];
    const program = command?.[0] ?? usual;
    if (program.includes('/') && !isAbsolute(program)) continue;
    if (!isProgram(program, defined(env), '/'))
      return `its service finds no program ${program}: ${install}; if a terminal finds it, run coppice down && coppice up there`;
  }
  return undefined;
}

async function examine(
  adapter: AgentAdapter,
  command: readonly string[] | undefined,
  env: NodeJS.ProcessEnv,
  directory: string,
): Promise<Pick<AgentEntry, 'program' | 'installed' | 'version' | 'problem'>> {
  const program = command?.[0] ?? adapter.program;
  if (!isProgram(program, defined(env), directory))
    return {
      program,
      installed: false,
      problem: `${program === '' ? 'agent.command is not set' : `there is no program ${program}`}: ${adapter.install}`,
    };
  if (adapter.oldest === undefined) return { program, installed: true };
  const version = await versionOf(program, env);
  if (version === undefined || isOlder(version, adapter.oldest))
    return {
      program,
      installed: true,
      ...(version !== undefined && { version }),
      problem: `${program} has ${version === undefined ? 'an unknown version' : `version ${version}`}, but ${adapter.oldest} or newer is needed: ${adapter.install}`,
    };
  return { program, installed: true, version };
}

const defined = (env: NodeJS.ProcessEnv): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

async function versionOf(program: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { stdout } = await ask(program, ['--version'], env);
  return /\d+\.\d+\.\d+/.exec(stdout)?.[0];
}

async function isLoggedIn(
  { login }: AgentAdapter,
  program: string,
  env: NodeJS.ProcessEnv,
): Promise<boolean | undefined> {
  if (!login) return undefined;
  if (login.keys.some((name) => env[name])) return true;
  const { stdout, exitCode } = await ask(program, login.status, env);
  return login.tells({ stdout, exitCode: exitCode ?? 1 });
}

const ask = (program: string, args: readonly string[], env: NodeJS.ProcessEnv) =>
  execa(program, args, {
    env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: TIMEOUT,
  });

function isOlder(version: string, oldest: string): boolean {
  return version.localeCompare(oldest, 'en', { numeric: true }) < 0;
}
