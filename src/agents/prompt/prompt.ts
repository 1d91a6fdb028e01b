import Mustache from 'mustache';
import type { SessionLocation } from '../../domain/session/session.ts';
import { TurnKind } from '../../domain/session/turn.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import type { Issue } from '../../domain/shared/issue.ts';
import { splitRepository } from '../../domain/shared/repository.ts';
import { plainLines } from '../../domain/shared/text.ts';
import { visibleMarkdown } from '../../markdown/visible.ts';
import type { AgentAdapter } from '../adapters/adapter.ts';

/** The longest issue text in a prompt, in bytes. */
export const MAX_BODY_BYTES = 200_000;

export interface PromptInput {
  readonly kind: TurnKind;
  readonly location: SessionLocation;
  /** The branch into which the pull request will be opened. */
  readonly base: string;
  readonly issue: Pick<Issue, 'title' | 'body'>;
  /** The reason for the turn. It may contain other people’s text. */
  readonly context: string;
  /** The person’s guidance; empty when there is none. */
  readonly guidance: string;
  /** Whether an earlier attempt of this turn was interrupted. */
  readonly again: boolean;
  /** How the agent reports its outcome. */
  readonly reports: AgentAdapter['reports'];
}

export interface Templates {
  /** Mustache, without escaping; its variables are those of `renderPrompt`. */
  readonly prompt: string;
  /** Instructions on how to work. They are put into the prompt unchanged. */
  readonly instructions: string;
}

/**
 * Renders the prompt of a turn. The text of the issue is inside fences that it can't close.
 * @throws InvalidConfig when the template is not valid
 */
export function renderPrompt(
  { prompt, instructions }: Templates,
  { kind, location, base, issue, context, guidance, again, reports }: PromptInput,
): string {
  const { owner, repo } = splitRepository(location.repository);
  const title = plainLines(issue.title);
  const body = cut(visibleBody(issue.body));
  const view = {
    number: location.issue,
    title,
    body,
    owner,
    repository: repo,
    branch: location.branch,
    base,
    fence: fenceAround(`${title}\n${body}\n${context}`),
    context,
    personGuidance: guidance,
    again,
    structured: reports === 'structured',
    tools: reports === 'tools',
    instructions: instructions.trim(),
    // Each kind of turn is a variable for sections of the template. Only this turn's kind is true.
    ...Object.fromEntries(KINDS.map((one) => [one, one === kind])),
  };
  try {
    return Mustache.render(prompt, view, undefined, { escape: String });
  } catch (error) {
    const problem = (error as Error).message;
    throw new CoppiceError('InvalidConfig', `the prompt template can't be used: ${problem}`);
  }
}

const KINDS = TurnKind.options;

/**
 * An issue's text as its readers on GitHub see it, with a line that names what was left out because they do
 * not see it.
 */
export function visibleBody(body: string): string {
  const { text, hidden } = visibleMarkdown(body);
  return hidden.length === 0
    ? text.trimEnd()
    : `${text.trimEnd()}\n\n[Left out here, because readers do not see it: ${hidden.join(', ')}.]`;
}

/** A fence with more backticks than any run of them in the text, so that the text can’t close it. */
export function fenceAround(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  return '`'.repeat(longest + 1);
}

function cut(body: string): string {
  const bytes = Buffer.from(body);
  if (bytes.length <= MAX_BODY_BYTES) return body;
  const kept = bytes
    .subarray(0, MAX_BODY_BYTES)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
  return `${kept}\n\n[Cut here: the issue's text is longer than ${MAX_BODY_BYTES / 1_000} KB.]`;
}
