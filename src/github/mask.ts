import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';

const MASK = '[masked]';

const RULES = [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }];

/** The text without what secretlint knows as tokens, keys and passwords. */
export async function maskSecrets(text: string): Promise<string> {
  if (text === '') return text;
  const { messages } = await lintSource({
    source: { content: text, filePath: 'log.txt', ext: '.txt', contentType: 'text' },
    options: { config: { rules: RULES }, noPhysicFilePath: true, maskSecrets: true },
  });
  let masked = '';
  let done = 0;
  for (const [from, to] of messages.map(({ range }) => range).sort((a, b) => a[0] - b[0])) {
    if (to <= done) continue;
    masked += `${text.slice(done, Math.max(done, from))}${MASK}`;
    done = to;
  }
  return masked + text.slice(done);
}
