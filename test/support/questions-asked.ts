import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
 * @param expected how the questions that are meant to be asked begin
 * @returns what was asked beside them, and what was not asked
 */
export function compareQuestions(
  home: Pick<Home, 'service'>,
  expected: readonly string[],
): { readonly needless: readonly string[]; readonly missing: readonly string[] } {
  const asked = questionsAsked(home);
  return {
    needless: asked.filter((one) => !expected.some((begin) => one.startsWith(begin))),
    missing: expected.filter((begin) => !asked.some((one) => one.startsWith(begin))),
  };
}
