import { execa } from 'execa';
import { installPinned, PINNED, type PinnedAgent } from './agents/pinned.ts';

/*
 * Drives the real agents through their adapters, against a model server on this machine: npm run test:agents [-- NAME...]
 * An agent that can't be installed here is skipped, and named. Everything after the names goes to vitest.
 */

const given = process.argv.slice(2);
const isPinned = (name: string): name is PinnedAgent => Object.hasOwn(PINNED, name);
const wanted = given.filter(isPinned);
const programs: Partial<Record<PinnedAgent, string>> = {};

for (const agent of wanted.length > 0 ? wanted : (Object.keys(PINNED) as PinnedAgent[])) {
  try {
    programs[agent] = await installPinned(agent, (line) => console.error(`test:agents: ${line}`));
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).split('\n')[0];
    console.error(`test:agents: SKIPPED ${agent}: it can't be installed here: ${why}`);
  }
}
const { exitCode } = await execa({
  reject: false,
  stdio: 'inherit',
  env: { COPPICE_CONTRACT_AGENTS: JSON.stringify(programs) },
})`vitest run --config vitest.agents.config.ts ${given.filter((name) => !isPinned(name))}`;
process.exitCode = exitCode ?? 1;
