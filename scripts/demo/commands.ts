import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { EXIT } from '../../src/cli/errors.ts';
import type { Terminal } from '../../src/cli/terminal/terminal.ts';
import type { StartedRun } from '../../src/client/types.ts';
import type { Stage } from './stage.ts';
import { Interrupted } from './viewer.ts';

const COPPICE = fileURLToPath(new URL('../../bin/coppice.js', import.meta.url));

const RUN = 'demo';

/**
 * Plans all open issues and runs the plan, by the commands a person would type in the checkout; `alone` is whether nobody
 * is there to be asked.
 */
export async function planAndRun(
  stage: Stage,
  terminal: Terminal,
  alone: boolean,
): Promise<StartedRun> {
  const { checkout, env, coppice, repository } = stage;
  const command = async (...args: string[]): Promise<void> => {
    terminal.out(`\n$ coppice ${args.join(' ')}`);
    const { exitCode } = await execa(process.execPath, [COPPICE, ...args], {
      ...{ cwd: checkout, env, extendEnv: false, reject: false },
      stdio: [alone ? 'ignore' : 'inherit', 'inherit', 'inherit'],
    });
    if (exitCode === EXIT.interrupted) throw new Interrupted();
    if (exitCode !== EXIT.ok) throw new Error(`coppice ${args[0]} ended with ${exitCode}`);
  };
  await command('plan', '--all-open', ...(alone ? ['--yes'] : []));
  await command('run', 'plan.yaml', '--name', RUN);
  terminal.out('');
  return coppice.joinRun(repository, RUN);
}
