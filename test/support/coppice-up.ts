import { onTestFinished } from 'vitest';
import { down, up } from '../../src/service/service.ts';
import { rememberRepository } from '../../src/state/repositories.ts';
import { createEnvironment, type EnvironmentOptions } from './environment.ts';
import { expectQuestions } from './questions.ts';
import { temporaryDirectory } from './temporary.ts';

interface UpOptions extends EnvironmentOptions {
  /** How the questions begin that sessions are to ask, as `#124: Which`; any other one fails the test. */
  readonly questions?: readonly string[];
}

/** An environment in which Coppice is up, with what its services say going nowhere; all of it ends with the test. */
export async function coppiceUp(name: string, { questions = [], ...options }: UpOptions = {}) {
  const environment = await createEnvironment(temporaryDirectory(name), options);
  const { env, home, repository, checkout } = environment;
  const silently = { env, home, report: () => undefined };
  onTestFinished(async () => {
    await down(silently);
    for (const { pid } of environment.processes()) process.kill(pid, 'SIGKILL');
    await environment.close();
    expectQuestions(home, questions);
  });
  await rememberRepository(home, repository, checkout);
  const { profile = '' } = await up(silently);
  /** Configuration file with which Temporal's own tools reach the server. */
  return { ...environment, profile, silently };
}
