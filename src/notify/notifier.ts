import { oneLine } from '../domain/shared/text.ts';
import { showOnDesktop } from './desktop.ts';

interface Notification {
  readonly title: string;
  readonly text: string;
  /** A link for the person, such as the one of a pull request. */
  readonly url?: string;
}

export interface Notifier {
  /** Notifies the person. It never fails: a notification that the desktop can't show is still in the log. */
  notify(notification: Notification): Promise<void>;
}

export interface NotifierOptions {
  /** Whether notifications are shown on the desktop too. */
  readonly desktop: boolean;
  /** Writes one line to the log. */
  readonly log: (line: string) => void;
  readonly env?: NodeJS.ProcessEnv;
}

/** Without a desktop the log says so once; every notification is still in the log. */
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
