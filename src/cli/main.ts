import { proxyVariables } from '../process/network-variables.ts';
import { EXIT } from './errors.ts';
import { runCli } from './run-cli.ts';
import { processTerminal } from './terminal/terminal.ts';

// Everything that this command starts, the service among it, reaches the network in the same way.
Object.assign(process.env, proxyVariables(process.env));

/** The `coppice` command. */
const exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  terminal: processTerminal(() => process.exit(EXIT.interrupted)),
  services: async (context) => (await import('./wiring.ts')).createServices(context),
});
// What was under way for a person who left, as a request that waits for the end of a run, must not keep the terminal.
if (exitCode === EXIT.interrupted) process.exit(exitCode);
process.exitCode = exitCode;
