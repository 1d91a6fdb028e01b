import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory for one test, removed when the test has finished. The path is real: no symlinks. */
export function temporaryDirectory(name = 'test'): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), `coppice-${name}-`)));
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}
