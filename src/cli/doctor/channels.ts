import type { ChannelProblem } from '../../state/outbox.ts';
import { type Check, warn } from './check.ts';

/** Lists channels that do not deliver notifications. */
export const checkChannels = (troubles: readonly ChannelProblem[]): Check[] =>
  troubles.map(({ channel, error, waiting }) =>
    warn(
      `channel ${channel}`,
      `it does not deliver: ${error}; ${waiting} waiting, no session waits for them`,
      'coppice notify --test tries it with this terminal’s environment; coppice up takes over a changed one after coppice down',
    ),
  );
