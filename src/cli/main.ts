import { EXIT } from './errors.ts';
import { runCli } from './run-cli.ts';
import { processTerminal } from './terminal.ts';

/** The `coppice` command. */
process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  terminal: processTerminal(() => process.exit(EXIT.interrupted)),
  services: async (context) => (await import('./wiring.ts')).createServices(context),
});
