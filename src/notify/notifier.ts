import { oneLine } from '../domain/shared/text.ts';
import { showOnDesktop } from './desktop.ts';

interface Notification {
  readonly title: string;
  readonly text: string;
  /** Where to look, such as a pull request. */
  readonly url?: string;
}

export interface Notifier {
  /** Tells the person. Never fails: what can't be shown on the desktop still stands in the log. */
  notify(notification: Notification): Promise<void>;
}

export interface NotifierOptions {
  /** Whether to show notifications on the desktop as well. */
  readonly desktop: boolean;
  /** Writes one line. */
  readonly log: (line: string) => void;
  readonly env?: NodeJS.ProcessEnv;
}

/** Where there is no desktop the log says so once, and nothing is lost. */
export function createNotifier({ desktop, log, env = process.env }: NotifierOptions): Notifier {
  let silent = !desktop;
  return {
    async notify({ title, text, url }) {
      const words = [title, text, url].filter((part) => part !== undefined && part !== '');
      log(oneLine(words.join(' - '), 1_000));
      if (silent) return;
      try {
        await showOnDesktop(title, [text, url].filter(Boolean).join(' '), env);
      } catch (error) {
        if (silent) return;
        silent = true;
        const reason = oneLine((error as Error & { shortMessage?: string }).shortMessage ?? '');
        log(`no desktop notifications from here on: ${reason}`);
      }
    },
  };
}
