import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Home } from '../../src/state/home.ts';

/** What the notifier writes when a session asks. */
const ASKED = / (#\d+) is stuck - (.*)$/;

/** What sessions asked a person, as `#124: …`: each question once, however often a crash had its notice repeated. */
function questionsAsked({ service }: Pick<Home, 'service'>): string[] {
  if (!existsSync(service)) return [];
  const lines = readdirSync(service)
    .filter((name) => name.startsWith('worker.log'))
    .flatMap((name) => readFileSync(join(service, name), 'utf8').split('\n'));
  const asked = lines.flatMap((line) => {
    const [, issue, decision] = ASKED.exec(line) ?? [];
    return issue === undefined ? [] : `${issue}: ${decision}`;
  });
  return [...new Set(asked)].sort();
}

/**
 * No session may ask a person about anything but what its agent asked, a real conflict, or a wrong configuration.
 * @param expected how the questions that a test means to be asked begin; every other one is needless, and fails it
 */
export function expectQuestions(home: Pick<Home, 'service'>, expected: readonly string[]): void {
  const asked = questionsAsked(home);
  const needless = asked.filter((one) => !expected.some((begin) => one.startsWith(begin)));
  expect(needless, 'questions that nobody needs').toEqual([]);
  const missing = expected.filter((begin) => !asked.some((one) => one.startsWith(begin)));
  expect(missing, 'questions that were not asked').toEqual([]);
}
