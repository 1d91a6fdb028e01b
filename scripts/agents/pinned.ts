import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { coppiceHome } from '../../src/state/home.ts';

/** The agents that the contract tests and the demo drive: as npm packages, in the versions their adapters were written for. */
export const PINNED = {
  claude: { name: '@anthropic-ai/claude-code', version: '2.1.332', program: 'claude' },
  codex: { name: '@openai/codex', version: '0.171.0', program: 'codex' },
  'claude-agent-acp': {
    name: '@agentclientprotocol/claude-agent-acp',
    version: '0.101.0',
    program: 'claude-agent-acp',
  },
  opencode: { name: 'opencode-ai', version: '1.18.33', program: 'opencode' },
} as const;
export type PinnedAgent = keyof typeof PINNED;

/** Milliseconds: some bring a binary of 400 MB. */
const PATIENCE = 300_000;

/** Between two signs of life, in milliseconds. */
const PERIOD = 10_000;

/**
 * Installs an agent into Coppice's cache, unless it is there and runs; `signal` breaks that off.
 * @returns its program's path
 * @throws Error that says in one line why not
 */
export async function installPinned(
  agent: PinnedAgent,
  report: (line: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  const { name, version, program } = PINNED[agent];
  const location = join(coppiceHome().cache, 'agents', agent, version);
  const path = join(location, 'node_modules', '.bin', program);
  if (await runs(path)) return path;
  report(`Installing ${name} ${version}, once: up to 400 MB`);
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1_000);
  const signOfLife = setInterval(() => report(`Still installing, after ${seconds()} s`), PERIOD);
  await mkdir(dirname(location), { recursive: true });
  const draft = await mkdtemp(join(dirname(location), '.new-'));
  try {
    await writeFile(join(draft, 'package.json'), '{"private":true}\n');
    await fetchPackage(`${name}@${version}`, draft, signal);
    if (!(await runs(join(draft, 'node_modules', '.bin', program))))
      throw new Error('what came does not run here');
    await rm(location, { recursive: true, force: true });
    await rename(draft, location);
    return path;
  } finally {
    clearInterval(signOfLife);
    await rm(draft, { recursive: true, force: true });
  }
}

async function fetchPackage(what: string, directory: string, signal?: AbortSignal): Promise<void> {
  const flags = ['--no-audit', '--no-fund', '--loglevel=error'];
  const { failed, timedOut, stderr, shortMessage } = await execa(
    'npm',
    ['install', ...flags, what],
    {
      ...{ cwd: directory, timeout: PATIENCE, reject: false },
      ...(signal && { cancelSignal: signal }),
    },
  );
  if (!failed) return;
  if (timedOut) throw new Error(`npm needed more than ${PATIENCE / 60_000} minutes`);
  // After a line with a code comes what a person understands.
  const said = stderr.split('\n').map((line) => line.replace(/^npm (error|ERR!) ?/, ''));
  throw new Error(
    said.find((line) => line !== '' && !/^(code|errno|syscall) /.test(line)) ?? shortMessage,
  );
}

const runs = async (path: string): Promise<boolean> =>
  !(await execa(path, ['--version'], { reject: false, timeout: 60_000, stdin: 'ignore' })).failed;
