import { z } from 'zod';
import { NotificationKind } from '../notification.ts';
import { Duration } from './formats.ts';

/** A value as it stands, or `$NAME`: the variable of that name in the environment of `coppice up`. */
const Value = z.string().trim().min(1).max(2_000);

/** A time of day and one after it, on this host's clock: `22:00-07:00`. */
const TimeSpan = z
  .string()
  .regex(
    /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/,
    'expected a span of the day, such as 22:00-07:00',
  );

const ChannelShape = z.strictObject({
  type: z
    .enum(['webhook', 'slack', 'teams', 'ntfy', 'email', 'command'])
    .describe('How it is delivered'),
  events: z
    .array(NotificationKind)
    .min(1)
    .optional()
    .meta({ description: 'Only these kinds of events; default: all', examples: [['stuck']] }),
  quiet: TimeSpan.optional().meta({
    description: 'Hours in which it stays silent; what happened is told after them',
    examples: ['22:00-07:00'],
  }),
  url: Value.optional().meta({
    description: 'Address of a webhook, slack, teams or ntfy channel; `$NAME` takes a variable',
    examples: ['$SLACK_URL'],
  }),
  secret: Value.optional().meta({ description: 'Signs a webhook', examples: ['$HOOK_SECRET'] }),
  token: Value.optional().meta({ description: 'Token for ntfy', examples: ['$NTFY_TOKEN'] }),
  command: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .meta({
      description: 'Program and arguments; the event comes as JSON on standard input',
      examples: [['notify-me']],
    }),
  host: Value.optional().describe('SMTP server of an email channel'),
  port: z.int().min(1).max(65_535).optional().describe('Its port; default: 465, or 587'),
  tls: z
    .boolean()
    .optional()
    .describe('TLS from the start (465), or STARTTLS; default: by the port'),
  user: Value.optional().describe('SMTP user'),
  password: Value.optional().describe('SMTP password'),
  from: Value.optional().describe('Sender of mails'),
  to: Value.optional().describe('Receiver of mails'),
});

const NEEDS = {
  webhook: ['url'],
  slack: ['url'],
  teams: ['url'],
  ntfy: ['url'],
  email: ['host', 'from', 'to'],
  command: ['command'],
} as const;

/** A way to reach a person. */
export const Channel = ChannelShape.check(({ value, issues }) => {
  for (const key of NEEDS[value.type])
    if (value[key] === undefined)
      issues.push({
        ...{ code: 'custom', input: value, path: [key] },
        message: `a channel of type ${value.type} needs it`,
      });
});
export type Channel = z.infer<typeof Channel>;

const ChannelName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'use small letters, digits and -, starting with a letter');

export const NotifySettings = z.strictObject({
  desktop: z
    .boolean()
    .default(true)
    .meta({ description: 'Show a desktop notification where there is a desktop' }),
  gather: Duration.prefault('2s').describe(
    'How long to wait for more events, which are then sent together in one message',
  ),
  remind: Duration.prefault('1d').describe(
    'After how long you are reminded once of an open question, by the event `reminder`',
  ),
  channels: z
    .record(ChannelName, Channel)
    .default({})
    .meta({
      description:
        'Other ways to notify you, each under a name that you choose ([attention.md](attention.md#channels))',
      examples: [{ team: { type: 'slack', url: '$SLACK_URL' } }],
    }),
});
export type NotifySettings = z.infer<typeof NotifySettings>;

/** What a person's own file says; what it leaves out is as coppice.yaml has it. */
export const OwnNotifySettings = NotifySettings.extend({
  desktop: z.boolean().optional(),
  gather: Duration.optional(),
  remind: Duration.optional(),
});
export type OwnNotifySettings = z.infer<typeof OwnNotifySettings>;

/** Keys whose values are secrets, by the kind of channel. */
const SECRETS = {
  webhook: ['secret'],
  slack: ['url'],
  teams: ['url'],
  ntfy: ['token'],
  email: ['password'],
  command: [],
} as const satisfies Record<Channel['type'], readonly (keyof Channel)[]>;

/** Secrets that stand as they are, which a file that is committed must not have. */
export const plainSecrets = (channel: Channel): (keyof Channel)[] =>
  SECRETS[channel.type].filter((key) => {
    const value = (channel as Readonly<Record<string, unknown>>)[key];
    return typeof value === 'string' && !value.startsWith('$');
  });

/**
 * Whether a channel is silent at a time of day, `HH:MM`.
 */
export function isQuiet({ quiet }: Pick<Channel, 'quiet'>, time: string): boolean {
  if (quiet === undefined) return false;
  const [from = '', to = ''] = quiet.split('-');
  return from <= to ? time >= from && time < to : time >= from || time < to;
}
