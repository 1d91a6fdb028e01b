/** The program that scripts/setup calls. It makes sure that a Temporal CLI is installed, and prints its path. */
import { coppiceHome } from '../state/home.ts';
import { findTemporalCli } from './cli.ts';
import { ServiceError } from './service-error.ts';

try {
  const report = (line: string) => console.error(`setup: ${line}`);
  console.log(await findTemporalCli({ env: process.env, home: coppiceHome(), report }));
} catch (error) {
  if (!(error instanceof ServiceError)) throw error;
  console.error(`setup: ${error.message}`);
  process.exitCode = 1;
}
