import { readFileSync, renameSync } from 'node:fs';

/** Names a file that holds the name of a point. Only tests set it. */
const VARIABLE = 'COPPICE_TEST_STOP_POINT';

/**
 * A moment at which a test may stop this process, to see what follows from a fault just then: before or after an
 * activity, a git command or a request to GitHub. Without the variable, which people never set, it does nothing.
 * Whoever comes first to the point that the file names takes the file, as `<file>.<pid>`, and is stopped until it is
 * sent SIGCONT or killed.
 */
export function passStopPoint(name: string): void {
  const file = process.env[VARIABLE];
  if (!file) return;
  try {
    if (readFileSync(file, 'utf8') !== name) return;
    renameSync(file, `${file}.${process.pid}`);
  } catch {
    return; // No point is wanted, or another process has taken it.
  }
  process.kill(process.pid, 'SIGSTOP');
}
