import { loadConfig } from '../config/load.ts';
import { loadNotifyFile } from '../config/notify-file.ts';
import type { NotificationEvent } from '../domain/notification.ts';
import { NotifySettings } from '../domain/settings/notify-settings.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import { headline, linesOf } from '../notify/channels/channel.ts';
import { send } from '../notify/channels/index.ts';
import { hostSettings } from '../notify/host-settings.ts';
import { createDesktop } from '../notify/notifier.ts';
import { createOutbox, type Outbox } from '../notify/outbox.ts';
import { proxiedFetch } from '../process/proxied-fetch.ts';
import type { Home } from '../state/home.ts';
import { findCheckout } from '../state/repositories.ts';
import { readDetail } from '../state/session-store.ts';
import { closedUsageGates } from '../state/usage-gates.ts';

interface Options {
  readonly home: Home;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
}

/** The outbox of this host with its channels. */
export function openOutbox({ home, env, log }: Options): Outbox {
  const reach = { env, fetch: proxiedFetch(env) };
  const desktop = createDesktop({ log, env });
  return createOutbox({
    ...{ home, log },
    settings: async (repository) => {
      const [shared, own] = await Promise.all([
        sharedSettings(home, repository, log),
        unlessInvalid(() => loadNotifyFile(home.notifyFile), log),
      ]);
      return hostSettings(repository, shared, own);
    },
    send: (channel, message) =>
      channel === 'desktop'
        ? desktop(headline(message), linesOf(message).join('\n'))
        : send(channel, message, reach),
    stillAsks: (event) => stillAsks(home, event),
  });
}

/** A file that can't be read keeps nobody from hearing that a session is stuck, over it even. */
async function unlessInvalid<T>(
  load: () => Promise<T>,
  log: (line: string) => void,
): Promise<T | undefined> {
  try {
    return await load();
  } catch (error) {
    log(`its channels are not used: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

async function sharedSettings(
  home: Home,
  repository: RepositoryName | null,
  log: (line: string) => void,
): Promise<NotifySettings> {
  const checkout = repository === null ? undefined : await findCheckout(home, repository);
  const config = checkout && (await unlessInvalid(() => loadConfig(checkout), log));
  return config ? config.notify : NotifySettings.parse({});
}

/** Whether the question of an event is open, as the host last recorded the session. What is older than the event tells nothing. */
async function stillAsks(home: Home, event: NotificationEvent): Promise<boolean> {
  const { repository, issue, question } = event;
  if (repository === null || issue === null || question === null) return true;
  const recorded = await readDetail(home, repository, issue).catch(() => undefined);
  if (!recorded) return true;
  return recorded.detail.stuck?.decision === question.decision || recorded.asOf < event.at;
}

/** How often it is looked for usage limits, in milliseconds. */
const INTERVAL = 2_000;

/** Notifies the person when agents of this host reach a usage limit, and when it ends. @returns a function that stops this */
export function tellOfUsageLimits({ home, log }: Options, outbox: Outbox): () => void {
  /** By account, when its limit was reached. */
  const reached = new Map<string, string>();
  const tell = (key: string, event: Pick<NotificationEvent, 'kind' | 'title' | 'text'>) =>
    outbox.tell({
      ...{ ...event, key, at: new Date().toISOString() },
      ...{ repository: null, issue: null, url: null, question: null },
    });
  const look = async () => {
    const gates = await closedUsageGates(home);
    for (const { account, until, closedAt } of gates) {
      if (reached.has(account)) continue;
      await tell(`usage limit of ${account} at ${closedAt}`, {
        ...{ kind: 'usage-limit', title: `The usage limit of ${account} is reached` },
        text: `Its sessions wait until ${until}.`,
      });
      reached.set(account, closedAt);
    }
    for (const [account, closedAt] of reached) {
      if (gates.some((gate) => gate.account === account)) continue;
      await tell(`usage limit of ${account} at ${closedAt}, over`, {
        ...{ kind: 'usage-over', title: `The usage limit of ${account} is over` },
        text: 'Its sessions continue.',
      });
      reached.delete(account);
    }
  };
  let isLooking = false;
  const timer = setInterval(async () => {
    if (isLooking) return;
    isLooking = true;
    try {
      await look();
    } catch (error) {
      log(`usage limits can't be told of: ${error}`);
    } finally {
      isLooking = false;
    }
  }, INTERVAL);
  return () => clearInterval(timer);
}
