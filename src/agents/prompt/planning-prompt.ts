import { readFile } from 'node:fs/promises';
import Mustache from 'mustache';
import { z } from 'zod';
import { type RepositoryName, splitRepository } from '../../domain/shared/repository.ts';
import { plainLines } from '../../domain/shared/text.ts';
import { sourceText } from '../../planning/rules/order.ts';
import { Proposals } from '../../planning/rules/proposals.ts';
import type { Survey } from '../../planning/rules/survey.ts';
import { fenceAround, visibleBody } from './prompt.ts';

const TEMPLATE = new URL('../../../templates/planning.md', import.meta.url);

/** The longest text of all issues together in a prompt, in characters. Each issue gets an equal share. */
const MOST_TEXT = 400_000;

/**
 * The prompt for an agent that proposes dependencies. The text of issues is inside fences that it can't
 * close.
 */
export async function planningPrompt(
  repository: RepositoryName,
  { issues, dependencies }: Pick<Survey, 'issues' | 'dependencies'>,
): Promise<string> {
  const { owner, repo } = splitRepository(repository);
  const share = Math.floor(MOST_TEXT / Math.max(1, issues.length));
  const texts = issues.map(({ number, title, body }) => ({
    number,
    title: plainLines(title),
    body: visibleBody(body).slice(0, share),
  }));
  const known = dependencies.map(
    (edge) => `- #${edge.of} comes after #${edge.issue}: ${sourceText(edge)}`,
  );
  const view = {
    ...{ owner, repository: repo, issues: texts, orders: known.join('\n') },
    fence: fenceAround(texts.map(({ title, body }) => `${title}\n${body}`).join('\n')),
    schema: JSON.stringify(z.toJSONSchema(Proposals, { io: 'input' }), null, 2),
  };
  return Mustache.render(await readFile(TEMPLATE, 'utf8'), view, undefined, { escape: String });
}
