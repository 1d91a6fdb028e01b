import { z } from 'zod';
import { RepositoryName } from './repository.ts';

/** The largest number GitHub could mean; anything above is a typing error, not an issue. */
const MAX_ISSUE_NUMBER = 2 ** 31 - 1;

export const IssueNumber = z.number().int().positive().max(MAX_ISSUE_NUMBER);

/** A GitHub issue as Coppice reads it. `title` and `body` are data written by strangers: they never name anything. */
export const Issue = z.object({
  number: IssueNumber,
  title: z.string(),
  body: z.string(),
  url: z.string(),
  state: z.enum(['open', 'closed']),
  isPullRequest: z.boolean(),
  labels: z.array(z.string()),
});
export type Issue = z.infer<typeof Issue>;

export interface IssueReference {
  readonly number: number;
  /** Present when the reference named it. */
  readonly repository?: RepositoryName;
}

const URL_PATH = /^\/([^/]+)\/([^/]+)\/(issues|pull)\/(\d+)(?:\/(?:files|commits|checks))?\/?$/;

/**
 * Reads an issue as a person types it: `124`, `#124`, `acme/app#124`, or `https://github.com/acme/app/issues/124`.
 * @returns undefined when the text is none of these.
 */
export function parseIssueReference(text: string): IssueReference | undefined {
  const digits = /^#?([1-9]\d{0,9})$/.exec(text)?.[1];
  if (digits !== undefined) return withValidNumber({ number: Number(digits) });
  const short = /^([^\s/#]+\/[^\s/#]+)#([1-9]\d{0,9})$/.exec(text);
  if (short) return inRepository(short[1], short[2]);
  const url = parseUrl(text);
  return url?.kind === 'issues' ? inRepository(url.repository, url.number) : undefined;
}

/** Reads the URL of a pull request; undefined when the text is none. */
export function parsePullRequestUrl(text: string): IssueReference | undefined {
  const url = parseUrl(text);
  return url?.kind === 'pull' ? inRepository(url.repository, url.number) : undefined;
}

function parseUrl(text: string) {
  if (!/^https?:\/\//.test(text)) return undefined;
  // The sandbox has no URL class: origin and fragment are cut off by hand.
  const path = text.replace(/^https?:\/\/[^/]+/, '').replace(/[?#].*$/, '');
  const [, owner, repo, kind, number] = URL_PATH.exec(path) ?? [];
  return kind === undefined ? undefined : { kind, repository: `${owner}/${repo}`, number };
}

function inRepository(
  name: string | undefined,
  number: string | undefined,
): IssueReference | undefined {
  const repository = RepositoryName.safeParse(name);
  if (!repository.success) return undefined;
  return withValidNumber({ number: Number(number), repository: repository.data });
}

function withValidNumber(reference: IssueReference): IssueReference | undefined {
  return IssueNumber.safeParse(reference.number).success ? reference : undefined;
}
