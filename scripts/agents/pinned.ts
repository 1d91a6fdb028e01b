import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { coppiceHome } from '../../src/state/home.ts';

/** The agents that the contract tests drive: as npm packages, in the versions their adapters were written for. */
export const PINNED = {
  claude: { name: '@anthropic-ai/claude-code', version: '2.1.330', program: 'claude' },
  codex: { name: '@openai/codex', version: '0.169.0', program: 'codex' },
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

/**
 * Installs an agent into Coppice's cache, unless it is there and runs.
 * @returns its program's path
 * @throws Error that says why not
 */
export async function installPinned(
  agent: PinnedAgent,
  report: (line: string) => void,
): Promise<string> {
  const { name, version, program } = PINNED[agent];
  const place = join(coppiceHome().cache, 'agents', agent, version);
  const path = join(place, 'node_modules', '.bin', program);
  if (await runs(path)) return path;
  report(`installing ${name} ${version}`);
  await mkdir(dirname(place), { recursive: true });
  const draft = await mkdtemp(join(dirname(place), '.new-'));
  try {
    await writeFile(join(draft, 'package.json'), '{"private":true}\n');
    const flags = ['--no-audit', '--no-fund', '--loglevel=error'];
    await execa('npm', ['install', ...flags, `${name}@${version}`], {
      cwd: draft,
      timeout: PATIENCE,
    });
    if (!(await runs(join(draft, 'node_modules', '.bin', program))))
      throw new Error('what came does not run here');
    await rm(place, { recursive: true, force: true });
    await rename(draft, place);
    return path;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

const runs = async (path: string): Promise<boolean> =>
  !(await execa(path, ['--version'], { reject: false, timeout: 60_000, stdin: 'ignore' })).failed;
