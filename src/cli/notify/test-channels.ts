import { randomUUID } from 'node:crypto';
import { loadNotifyFile } from '../../config/notify-file.ts';
import type { Config } from '../../config/schema.ts';
import { send } from '../../notify/channels/index.ts';
import { showOnDesktop } from '../../notify/desktop.ts';
import { hostSettings } from '../../notify/host-settings.ts';
import { proxiedFetch } from '../../process/proxied-fetch.ts';
import type { Home } from '../../state/home.ts';

/** The result of a test message to one channel. */
export interface ChannelTest {
  readonly channel: string;
  /** Why it was not delivered; absent when it was. */
  readonly problem?: string;
}

const TITLE = 'This is a test of coppice notify --test';
const TEXT = 'You will be told here when a session needs you.';

/** Sends a message through each channel, with the environment of this process. @throws InvalidConfig */
export async function testChannels(
  { home, env }: { readonly home: Home; readonly env: NodeJS.ProcessEnv },
  { repository, notify }: Config,
): Promise<ChannelTest[]> {
  const { channels } = hostSettings(
    repository ?? null,
    notify,
    await loadNotifyFile(home.notifyFile),
  );
  const reach = { env, fetch: proxiedFetch(env) };
  const id = randomUUID();
  const event = {
    ...{ key: id, kind: 'test' as const, at: new Date().toISOString(), title: TITLE, text: TEXT },
    ...{ repository: null, issue: null, url: null, question: null },
  };
  return Promise.all(
    [...channels].map(async ([name, channel]) => {
      try {
        await (channel === 'desktop'
          ? showOnDesktop(TITLE, TEXT, env)
          : send(channel, { id, events: [event] }, reach));
        return { channel: name };
      } catch (error) {
        const { shortMessage, message } = error as Error & { shortMessage?: string };
        return { channel: name, problem: shortMessage ?? message };
      }
    }),
  );
}
