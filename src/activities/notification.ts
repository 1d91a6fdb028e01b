import { loadConfig } from '../config/load.ts';
import { CoppiceError } from '../domain/shared/failure.ts';
import type { Notifier } from '../notify/notifier.ts';
import type { Home } from '../state/home.ts';
import { findCheckout } from '../state/repositories.ts';
import type { NotificationActivities } from './types.ts';

export interface NotificationPorts {
  readonly home: Home;
  /** Used when the person has turned desktop notifications off. */
  readonly logNotifier: Notifier;
  readonly desktopNotifier: Notifier;
}

export const createNotificationActivities = ({
  home,
  logNotifier,
  desktopNotifier,
}: NotificationPorts): NotificationActivities => ({
  async notify({ repository, title, text }) {
    const checkout = await findCheckout(home, repository);
    const wanted = checkout === undefined || (await wantsDesktop(checkout));
    const notifier = wanted ? desktopNotifier : logNotifier;
    await notifier.notify({ title: `${repository} ${title}`, text });
  },
});

/**
 * Whether the person wants desktop notifications. If coppice.yaml can't be read, they are shown, because the
 * notification may be about that file.
 */
async function wantsDesktop(checkout: string): Promise<boolean> {
  try {
    return (await loadConfig(checkout)).notify.desktop;
  } catch (error) {
    if (error instanceof CoppiceError) return true;
    throw error;
  }
}
