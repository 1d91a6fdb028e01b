import type {
  Channel,
  NotifySettings,
  OwnNotifySettings,
} from '../domain/settings/notify-settings.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import type { HostSettings } from './outbox.ts';

/**
 * The settings of coppice.yaml with the person's own file on top. A channel of coppice.yaml has the repository in its id, since
 * another repository may have one of the same name.
 */
export function hostSettings(
  repository: RepositoryName | null,
  shared: NotifySettings,
  own: OwnNotifySettings | undefined,
): HostSettings {
  const desktop = shared.desktop && own?.desktop !== false;
  return {
    gather: own?.gather ?? shared.gather,
    remind: own?.remind ?? shared.remind,
    channels: new Map<string, Channel | 'desktop'>([
      ...(desktop ? [['desktop', 'desktop'] as const] : []),
      ...Object.entries(shared.channels).map(
        ([name, channel]) => [`${repository} ${name}`, channel] as const,
      ),
      ...Object.entries(own?.channels ?? {}),
    ]),
  };
}
