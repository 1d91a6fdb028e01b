import { proxyVariables } from '../process/network-variables.ts';
import { EXIT } from './errors.ts';
import { runCli } from './run-cli.ts';
import { processTerminal } from './terminal/terminal.ts';

// Everything that this command starts, the service among it, reaches the network in the same way.
Object.assign(process.env, proxyVariables(process.env));

/** The `coppice` command. */
process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  terminal: processTerminal(() => process.exit(EXIT.interrupted)),
  services: async (context) => (await import('./wiring.ts')).createServices(context),
});
