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
  /** Present when the reference was a URL. */
  readonly repository?: RepositoryName;
}

const URL_PATH = /^\/([^/]+)\/([^/]+)\/issues\/(\d+)\/?$/;

/**
 * Reads an issue as a person types it: `124`, `#124`, or `https://github.com/acme/app/issues/124`.
 * @returns undefined when the text is none of these.
 */
export function parseIssueReference(text: string): IssueReference | undefined {
  const digits = /^#?([1-9]\d{0,9})$/.exec(text)?.[1];
  if (digits !== undefined) return withValidNumber({ number: Number(digits) });
  if (!/^https?:\/\//.test(text)) return undefined;
  // The sandbox has no URL class: origin and fragment are cut off by hand.
  const path = text.replace(/^https?:\/\/[^/]+/, '').replace(/[?#].*$/, '');
  const [, owner, repo, number] = URL_PATH.exec(path) ?? [];
  const repository = RepositoryName.safeParse(`${owner}/${repo}`);
  if (number === undefined || !repository.success) return undefined;
  return withValidNumber({ number: Number(number), repository: repository.data });
}

function withValidNumber(reference: IssueReference): IssueReference | undefined {
  return IssueNumber.safeParse(reference.number).success ? reference : undefined;
}
