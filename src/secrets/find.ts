import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';

const RULES = [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }];

export interface FoundSecret {
  /** What kind it is, e.g. `GitHub Token`; never the secret itself. */
  readonly kind: string;
  /** Where it stands in the text: from, and up to but not including. */
  readonly from: number;
  readonly to: number;
}

/** What secretlint knows as tokens, keys and passwords in a text, in the order they stand in it. */
export async function findSecrets(text: string): Promise<FoundSecret[]> {
  if (text === '') return [];
  const { messages } = await lintSource({
    source: { content: text, filePath: 'text.txt', ext: '.txt', contentType: 'text' },
    options: { config: { rules: RULES }, noPhysicFilePath: true, maskSecrets: true },
  });
  return messages
    .map(({ ruleId, messageId, range: [from, to] }) => ({
      kind: `${ruleId.replace(/^.*secretlint-rule-/, '')} ${messageId}`,
      from,
      to,
    }))
    .sort((a, b) => a.from - b.from);
}
