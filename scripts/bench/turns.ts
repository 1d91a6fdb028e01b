import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sandboxAvailability } from '../../src/agents/sandbox/availability.ts';
import { report } from './clock.ts';
import { throughService } from './turns-service.ts';
import { throughSupervisor } from './turns-supervisor.ts';

const HELP = `How long it takes until an agent has said something: npm run bench -- turns [--rounds 15] [--service-rounds 10]

The agent is a shell script that writes a line at once. First its turns alone, by the real supervisor and the real watcher; then
from a command to the agent, through a service that is up: Temporal on SQLite, the real worker, git, an emulated GitHub.
Floors are measured in the same rounds.`;

export async function turns(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '15' },
      'service-rounds': { type: 'string', default: '10' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(HELP);
  const rounds = Number(values.rounds);
  const sandbox = sandboxAvailability(process.env);
  console.log(
    `${cpus().length} cores (${cpus()[0]?.model}), Node ${process.version}; medians of ${rounds} rounds, of ${values['service-rounds']} through the service`,
  );
  console.log(sandbox.available ? '' : `no sandbox here, since ${sandbox.reason}\n`);
  const root = await realpath(await mkdtemp(join(tmpdir(), 'coppice-bench-')));
  try {
    console.log(report(await throughSupervisor(root, rounds, sandbox.available)));
    console.log('');
    console.log(report(await throughService(join(root, 's'), Number(values['service-rounds']))));
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}
