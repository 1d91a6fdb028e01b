import { onTestFinished } from 'vitest';
import { down, up } from '../../src/service/service.ts';
import { rememberRepository } from '../../src/state/repositories.ts';
import { createEnvironment, type EnvironmentOptions } from './environment.ts';
import { temporaryDirectory } from './temporary.ts';

/** An environment in which Coppice is up, with what its services say going nowhere; all of it ends with the test. */
export async function coppiceUp(name: string, options: EnvironmentOptions = {}) {
  const environment = await createEnvironment(temporaryDirectory(name), options);
  const { env, home, repository, checkout } = environment;
  const silently = { env, home, report: () => undefined };
  onTestFinished(async () => {
    await down(silently);
    for (const { pid } of environment.processes()) process.kill(pid, 'SIGKILL');
    await environment.close();
  });
  await rememberRepository(home, repository, checkout);
  const { address } = await up(silently);
  return { ...environment, address, silently };
}
