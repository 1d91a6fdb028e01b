import { oneLine } from '../domain/shared/text.ts';
import { showOnDesktop } from './desktop.ts';

export interface DesktopOptions {
  /** Writes one line to the log. */
  readonly log: (line: string) => void;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Shows notifications on the desktop, and never fails: without a desktop the log says so once, and what was to be told is in
 * the log anyhow.
 */
export function createDesktop({
  log,
  env = process.env,
}: DesktopOptions): (title: string, text: string) => Promise<void> {
  let silent = false;
  return async (title, text) => {
    if (silent) return;
    try {
      await showOnDesktop(title, text, env);
    } catch (error) {
      if (silent) return;
      silent = true;
      const reason = oneLine((error as Error & { shortMessage?: string }).shortMessage ?? '');
      log(`no desktop notifications from here on: ${reason}`);
    }
  };
}
