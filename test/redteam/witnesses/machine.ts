import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify } from '../../../src/process/identity.ts';
import type { Home } from '../../../src/state/home.ts';
import { connectClient, resolveServer } from '../../../src/temporal/connect.ts';
import { marksIn } from '../attack.ts';
import type { Canary } from '../canaries.ts';
import type { Finding } from '../finding.ts';

/** Processes that bear a mark; they are ended. */
export function markedProcesses(): Finding[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const command = readOrNothing(join('/proc', pid, 'cmdline')).replaceAll('\0', ' ');
      const marks = command.includes('600000') ? marksIn(command) : [];
      if (marks.length > 0) process.kill(Number(pid), 'SIGKILL');
      return marks.map((attack) => ({ attack, seen: `process ${pid} runs on: ${command}` }));
    });
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

export const deadWorker = (pid: number): Finding[] =>
  identify(pid) === undefined ? [{ seen: `the worker ${pid} was killed` }] : [];

/** Marks in what reached servers that nobody listed. */
export const heardByServers = (log: readonly string[]): Finding[] =>
  log.flatMap((line) => {
    const marks = marksIn(line);
    const seen = `a server that is not listed heard: ${line.slice(0, 120)}`;
    return marks.length === 0 ? [{ seen }] : marks.map((attack) => ({ attack, seen }));
  });

/** Workflows that an attack started, and secrets in the server's database. */
export async function effectsOnTemporal(
  home: Home,
  env: NodeJS.ProcessEnv,
  secrets: readonly Canary[],
): Promise<Finding[]> {
  const server = await resolveServer(env, home);
  if (!server) return [{ seen: 'the Temporal server is gone' }];
  const { client, close } = await connectClient(server);
  const found: Finding[] = [];
  for await (const { workflowId } of client.workflow.list())
    for (const attack of marksIn(workflowId))
      found.push({ attack, seen: `workflow ${workflowId} was started` });
  await close();
  const files = readdirSync(home.temporal).filter((name) => /\.db|sqlite/.test(name));
  const data = Buffer.concat(files.map((name) => readFileSync(join(home.temporal, name))));
  // Whoever finds no history in the database would find no secret either.
  if (!data.includes('Red team')) found.push({ seen: 'no history was found in the database' });
  for (const { name, value } of secrets)
    if (data.includes(value)) found.push({ seen: `${name} is in Temporal’s database` });
  return found;
}
