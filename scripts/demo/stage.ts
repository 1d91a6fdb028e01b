import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCoppice } from '../../src/client/open.ts';
import type { Coppice } from '../../src/client/types.ts';
import { stopAll } from '../../src/process/stop.ts';
import { down, up } from '../../src/service/service.ts';
import { rememberRepository } from '../../src/state/repositories.ts';
import { createEnvironment, type Environment } from '../../test/support/environment.ts';
import type { Ci } from '../../test/support/github-emulator/ci.ts';
import { type DemoAgent, engage } from './agent.ts';
import { REVIEWER } from './requests.ts';

export interface Stage extends Environment {
  readonly coppice: Coppice;
  /** Stops Temporal and the worker. */
  stop(): Promise<void>;
  /** Stops everything and removes every file. */
  clear(): Promise<void>;
}

/** The sample's own tests, as a workflow on GitHub would run them. */
const CI: Ci = { name: 'test', command: [process.execPath, '--test'] };

/** How long a command that was broken off may take to end, in milliseconds. */
const GRACE = 2_000;

/**
 * Sets up everything a run needs, the real thing but for GitHub and the model: `coppice up` included. `signal` breaks off
 * an agent's installation.
 */
export async function setStage(
  report: (line: string) => void,
  agent: DemoAgent = 'scripted',
  signal?: AbortSignal,
): Promise<Stage> {
  const actor = await engage(agent, report, signal);
  const root = await realpath(await mkdtemp(join(tmpdir(), 'coppice-demo-')));
  const environment = await createEnvironment(root, {
    agent: actor.setup,
    ...(actor.person !== undefined && { person: actor.person }),
    ci: CI,
  });
  environment.emulator.allow(environment.repository, REVIEWER, 'write');
  const { env, home, repository, checkout } = environment;
  // The connection stays open: closed while a run's result is waited for, it would throw from a timer.
  const stop = async () => {
    report('Stopping the worker and Temporal: agents at work end gently');
    await down({ home, report: () => {} });
  };
  const clear = async () => {
    await stop();
    report('Stopping the emulator of GitHub and what agents left running');
    await stopAll(environment.processes, GRACE);
    await environment.close();
    await actor.close();
    report('Removing the sample repository and its worktrees');
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await rememberRepository(home, repository, checkout);
    report('Starting Temporal and a worker');
    await up({ env, home, report });
    const coppice = await openCoppice({ env, home });
    return { ...environment, coppice, stop, clear };
  } catch (error) {
    await clear();
    throw error;
  }
}
