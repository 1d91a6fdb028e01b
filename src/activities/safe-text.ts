import { type BodyParts, SHOWN } from '../domain/pull-request/body.ts';
import type { Question } from '../domain/session/turn.ts';
import { oneLine } from '../domain/shared/text.ts';
import { maskSecrets } from '../github/api/mask-secrets.ts';
import { inertMarkdown } from '../markdown/inert.ts';

/**
 * Makes text of agents and people safe to post on GitHub: it triggers nothing there, such as mentions, and
 * contains no known secret.
 */
export interface SafeText {
  of(text: string): Promise<string>;
  parts(parts: BodyParts): Promise<BodyParts>;
  question<Q extends Pick<Question, 'decision' | 'options' | 'context'>>(question: Q): Promise<Q>;
}

/** @param secrets values that must not be posted, longest first */
export function createSafeText(secrets: readonly string[]): SafeText {
  const say = async (text: string) =>
    inertMarkdown(
      await maskSecrets(secrets.reduce((done, one) => done.replaceAll(one, '[masked]'), text)),
    );
  return {
    of: say,
    parts: async (parts) => ({
      ...parts,
      summary: await say(parts.summary),
      tests: await say(parts.tests),
      plan: await say(parts.plan),
      ...(parts.cautions && { cautions: await Promise.all(parts.cautions.map(say)) }),
      decisions: await Promise.all(
        parts.decisions.map(async ({ decision, guidance }) => ({
          decision: await say(oneLine(decision, SHOWN)),
          guidance: await say(oneLine(guidance, SHOWN)),
        })),
      ),
    }),
    question: async (question) => ({
      ...question,
      decision: await say(question.decision),
      options: await Promise.all(
        question.options.map(async (option) => ({
          ...option,
          label: await say(option.label),
          consequence: await say(option.consequence),
        })),
      ),
      context: await say(question.context),
    }),
  };
}
