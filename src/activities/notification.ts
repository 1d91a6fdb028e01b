import { createHash } from 'node:crypto';
import type { NotificationEvent } from '../domain/notification.ts';
import { answerCommand } from '../domain/session/answer-command.ts';
import { optionCommand } from '../domain/session/options.ts';
import type { Question } from '../domain/session/turn.ts';
import { oneLine } from '../domain/shared/text.ts';
import type { Outbox } from '../notify/outbox.ts';
import type { NotificationActivities } from './types.ts';

export interface NotificationPorts {
  /** Writes one line to the log. */
  readonly log: (line: string) => void;
  readonly outbox: Pick<Outbox, 'tell'>;
  /** What tells this activity from every other one, however often it is tried. */
  readonly scheduled: () => string;
}

export const createNotificationActivities = ({
  log,
  outbox,
  scheduled,
}: NotificationPorts): NotificationActivities => ({
  async notify({ repository, issue, title, text, kind = 'note', url = null, question }) {
    const words = [`${repository} ${title}`, text].filter((part) => part !== '');
    log(oneLine(words.join(' - '), 1_000));
    await outbox.tell({
      key: digest(scheduled()),
      ...{ kind, repository, issue, title, text, url },
      at: new Date().toISOString(),
      question: question ? questionOf(issue, question) : null,
    });
  },
});

const digest = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 40);

const questionOf = (issue: number, question: Question): NotificationEvent['question'] => ({
  decision: question.decision,
  options: question.options.map((option, index) => ({
    ...{ number: index + 1, label: option.label, consequence: option.consequence },
    recommended: option.recommended,
    command: optionCommand(issue, index + 1, option) ?? null,
  })),
  command: answerCommand(issue, question),
});
