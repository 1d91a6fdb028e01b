import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { down, serviceState, type UpOptions, up } from '../../../src/service/service.ts';
import { coppiceHome } from '../../../src/state/home.ts';
import { readServiceRecord } from '../../../src/state/service-record.ts';

const WORKER = join(import.meta.dirname, 'fake-worker.ts');

/** A state directory of its own, whose service uses any free ports and a stand-in for the worker; stopped at the end. */
export function serviceIn(
  root = mkdtempSync(join(tmpdir(), 'coppice-service-')),
  variables: NodeJS.ProcessEnv = {},
) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  const env: NodeJS.ProcessEnv = {
    ...Object.fromEntries(inherited),
    TEMPORAL_CONFIG_FILE: join(root, 'none.toml'),
    COPPICE_HOME: root,
    ...variables,
  };
  const home = coppiceHome(env);
  const reports: string[] = [];
  const report = (line: string) => void reports.push(line);
  const options: UpOptions = { env, home, report, port: 0, worker: WORKER };
  onTestFinished(async () => {
    await down({ home, report });
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    home,
    env,
    options,
    reports,
    up: (changes: Partial<UpOptions> = {}) => up({ ...options, ...changes }),
    down: () => down({ home, report }),
    state: () => serviceState(home),
    record: () => readServiceRecord(home),
    /** What the stand-in for the worker noted. */
    events: () => readFileSync(join(root, 'events'), 'utf8').trim().split('\n'),
    log: (name: 'service' | 'worker' | 'temporal') =>
      readFileSync(join(home.service, `${name}.log`), 'utf8'),
  };
}
