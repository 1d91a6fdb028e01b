import { z } from 'zod';
import { IssueNumber } from './shared/issue.ts';
import { RepositoryName } from './shared/repository.ts';

/** What a person can be told of. */
export const NotificationKind = z.enum([
  'stuck',
  'approval',
  'checks',
  'budget',
  'ready',
  'merged',
  'usage-limit',
  'usage-over',
  'note',
  'reminder',
  'test',
]);
export type NotificationKind = z.infer<typeof NotificationKind>;

/** One option of a question, as a channel shows it. */
const NotifiedOption = z.object({
  number: z.int(),
  label: z.string(),
  consequence: z.string(),
  recommended: z.boolean(),
  /** The command that chooses it; null when there is nothing to do. */
  command: z.string().nullable(),
});

/** One thing that a person is told. Times are ISO 8601. */
export const NotificationEvent = z.object({
  /** The same for the same event, however often it is delivered. */
  key: z.string().min(1).max(200),
  kind: NotificationKind,
  at: z.string(),
  repository: RepositoryName.nullable(),
  issue: IssueNumber.nullable(),
  /** One line: what happened. */
  title: z.string(),
  text: z.string(),
  /** Where to look, such as the pull request. */
  url: z.string().nullable(),
  /** What is asked, if it asks something. */
  question: z
    .object({
      decision: z.string(),
      options: z.array(NotifiedOption),
      /** The command that answers it. */
      command: z.string(),
    })
    .nullable(),
});
export type NotificationEvent = z.infer<typeof NotificationEvent>;

/** What a webhook receives: one event, or several that came at once. */
export const WebhookBody = z.object({
  version: z.literal(1),
  /** The same when the same message is sent again: also in the header Idempotency-Key. */
  id: z.string(),
  events: z.array(NotificationEvent).min(1),
});
export type WebhookBody = z.infer<typeof WebhookBody>;

/** Whether somebody must answer it: then it is not told once it is answered, and reminded of when it is not. */
export const isQuestion = ({ question }: Pick<NotificationEvent, 'question'>): boolean =>
  question !== null;
