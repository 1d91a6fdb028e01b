import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';

const RULES = [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }];

export interface FoundSecret {
  /** The kind of the secret, such as `GitHub Token`, but never the secret itself. */
  readonly kind: string;
  /** Where the secret begins in the text, and where it ends (exclusive), in UTF-16 units. */
  readonly from: number;
  readonly to: number;
}

/** Finds the tokens, keys and passwords that secretlint recognises in a text, in the order of the text. */
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
