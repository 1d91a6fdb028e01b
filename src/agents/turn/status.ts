import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OWN, readOwnFile } from '../adapters/report.ts';

const MAX_STATUS_BYTES = 1024 * 1024;

/** Sets `lastHeartbeat` in the worktree's `.coppice/status.json`, if that file can be read. */
export function refreshStatus(worktree: string, now: Date): void {
  const read = readOwnFile(worktree, 'status.json', MAX_STATUS_BYTES);
  if ('problem' in read) return;
  const draft = join(worktree, OWN, `status-${randomUUID()}`);
  try {
    const status = { ...JSON.parse(read.text), lastHeartbeat: now.toISOString() };
    writeFileSync(draft, `${JSON.stringify(status, null, 2)}\n`, { flag: 'wx' });
    renameSync(draft, join(worktree, OWN, 'status.json'));
  } catch {
    rmSync(draft, { force: true }); // the file is only information for people: the next refresh or status repairs it
  }
}
