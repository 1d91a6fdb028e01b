import { Chalk } from 'chalk';
import { execa } from 'execa';
import type { Services } from '../../src/cli/context.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import type { Terminal } from '../../src/cli/terminal/terminal.ts';
import { createServices } from '../../src/cli/wiring.ts';

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as people run it. */
export const COPPICE = new URL('../../bin/coppice.js', import.meta.url).pathname;

/** Runs the command in a process of its own, with nothing but `env`, a PATH and what compiles faster in its environment. */
export async function coppice(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv; readonly input?: string },
): Promise<Ran> {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const { exitCode, stdout, stderr } = await execa(process.execPath, [COPPICE, ...args], {
    cwd: options.cwd,
    env: { PATH, NODE_COMPILE_CACHE, HOME: options.cwd, ...options.env },
    extendEnv: false,
    reject: false,
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
  });
  return { exitCode: exitCode ?? -1, stdout, stderr };
}

/** A terminal that keeps what is printed; no TTY unless told. */
export function recordingTerminal(input = '', isTTY = false) {
  const out: string[] = [];
  const err: string[] = [];
  const frames: string[] = [];
  const lines = input === '' ? [] : input.split('\n');
  const terminal: Terminal = {
    isTTY,
    columns: 80,
    color: new Chalk({ level: 0 }),
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    redraw: async (text) => {
      frames.push(text);
    },
    readInput: async (limit) => {
      if (Buffer.byteLength(input) > limit) throw new RangeError('too much');
      return input;
    },
    readLine: async (prompt) => {
      out.push(prompt);
      return lines.shift();
    },
    takeInterrupts: () => {},
  };
  return { terminal, out, err, frames };
}

/** Runs a command line in this process with all of the real program behind it. */
export async function runForReal(
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Ran> {
  const { terminal, out, err } = recordingTerminal();
  const services = async (context: Parameters<typeof createServices>[0]) => createServices(context);
  const exitCode = await runCli(args, { ...options, terminal, services });
  return { exitCode, stdout: out.join('\n'), stderr: err.join('\n') };
}

/** Runs a command line in this process, against `services`; those left out must not be asked. */
export async function runInProcess(
  args: readonly string[],
  options: {
    readonly services?: Partial<Services>;
    readonly cwd?: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly input?: string;
    readonly isTTY?: boolean;
    readonly now?: Date;
  } = {},
): Promise<Ran> {
  const { terminal, out, err } = recordingTerminal(options.input, options.isTTY);
  const services = new Proxy(options.services ?? {}, {
    get(target, name) {
      // A promise's resolution looks for `then`.
      if (name === 'then' || Reflect.has(target, name)) return Reflect.get(target, name);
      throw new Error(`${String(name)} was asked`);
    },
  }) as Services;
  const exitCode = await runCli(args, {
    env: options.env ?? {},
    cwd: options.cwd ?? process.cwd(),
    terminal,
    services: async () => services,
    now: () => options.now ?? new Date(),
  });
  return { exitCode, stdout: out.join('\n'), stderr: err.join('\n') };
}
