import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { ownPart } from '../domain/own-part.ts';
import type { PullRequestSnapshot } from '../domain/pull-request.ts';
import { type RepositoryName, splitRepository } from '../domain/repository.ts';
import { isHttpError, reasons, translate } from './errors.ts';
import { hiddenMarker, withMarker } from './marker.ts';
import type { GitHub, PullRequestRequest } from './port.ts';
import { PullRequestResponse, toSnapshot, understood } from './responses.ts';

/** The commit a branch is at on GitHub; undefined when there is no such branch. */
export type TipOf = (repository: RepositoryName, branch: string) => Promise<string | undefined>;

const Moved = z.object({ owner: z.object({ login: z.string() }) });

type PullRequests = Pick<GitHub, 'ensurePullRequest' | 'retarget' | 'readPullRequest'>;

export function createPullRequests(octokit: Octokit, apiUrl: string, tipOf: TipOf): PullRequests {
  const { pulls } = octokit.rest;
  const lastRead = new Map<string, { etag: string; snapshot: PullRequestSnapshot }>();

  const snapshotOf = (data: unknown): PullRequestSnapshot =>
    toSnapshot(understood(PullRequestResponse, data, apiUrl));

  async function read(repository: RepositoryName, number: number): Promise<PullRequestSnapshot> {
    const key = `${repository}#${number}`;
    const known = lastRead.get(key);
    try {
      const { data, headers } = await pulls.get({
        ...splitRepository(repository),
        pull_number: number,
        headers: known ? { 'if-none-match': known.etag } : {},
      });
      const snapshot = snapshotOf(data);
      if (headers.etag) lastRead.set(key, { etag: headers.etag, snapshot });
      return snapshot;
    } catch (error) {
      if (known && isHttpError(error, 304)) return known.snapshot;
      throw translate(error, `read pull request #${number} of ${repository}`, apiUrl);
    }
  }

  /** The owner's name now: a repository that was given away answers to its old name, but its branches don't. */
  async function ownerOf(repository: RepositoryName): Promise<string> {
    const { data } = await octokit.rest.repos.get(splitRepository(repository));
    return understood(Moved, data, apiUrl).owner.login;
  }

  async function listFrom(repository: RepositoryName, owner: string, head: string) {
    const { data } = await pulls.list({
      ...splitRepository(repository),
      ...{ head: `${owner}:${head}`, state: 'all', per_page: 100 },
    });
    const listed = understood(z.array(PullRequestResponse), data, apiUrl);
    return listed.filter((pull) => pull.head.ref === head);
  }

  async function find(repository: RepositoryName, { head, marker }: PullRequestRequest) {
    const { owner } = splitRepository(repository);
    let ours = await listFrom(repository, owner, head);
    if (ours.length === 0) {
      const now = await ownerOf(repository);
      if (now.toLowerCase() !== owner.toLowerCase()) ours = await listFrom(repository, now, head);
    }
    const open = ours.find((pull) => pull.state === 'open');
    if (open) return toSnapshot(open);
    const merged = ours.find(
      (pull) => pull.merged_at !== null && pull.body?.includes(hiddenMarker(marker)),
    );
    // An earlier session of the same issue may have merged one too: then the branch has gone on since.
    return merged && merged.head.sha === (await tipOf(repository, head))
      ? toSnapshot(merged)
      : undefined;
  }

  async function create(
    repository: RepositoryName,
    request: PullRequestRequest,
  ): Promise<PullRequestSnapshot> {
    const { head, base, title, body, marker, draft = false } = request;
    try {
      const { data } = await pulls.create({
        ...{ ...splitRepository(repository), head, base, title, draft },
        body: withMarker(ownPart(body), marker),
      });
      return snapshotOf(data);
    } catch (error) {
      if (draft && hasNoDrafts(error)) return create(repository, { ...request, draft: false });
      const adopted = isDuplicate(error) ? await find(repository, request) : undefined;
      if (adopted) return adopted;
      throw error;
    }
  }

  return {
    readPullRequest: read,

    async ensurePullRequest(repository, request) {
      try {
        return (await find(repository, request)) ?? (await create(repository, request));
      } catch (error) {
        const doing = `open a pull request from ${request.head} into ${request.base} of ${repository}`;
        throw translate(error, doing, apiUrl);
      }
    },

    async retarget(repository, number, base) {
      const current = await read(repository, number);
      if (current.state === 'closed' || current.base === base) return current;
      try {
        const { data } = await pulls.update({
          ...splitRepository(repository),
          pull_number: number,
          base,
        });
        return snapshotOf(data);
      } catch (error) {
        const doing = `point pull request #${number} of ${repository} at ${base}`;
        throw translate(error, doing, apiUrl);
      }
    },
  };
}

const isDuplicate = (error: unknown): boolean =>
  isHttpError(error, 422) &&
  reasons(error).some((reason) => reason.startsWith('A pull request already exists'));

/** Private repositories of free plans. */
const hasNoDrafts = (error: unknown): boolean =>
  isHttpError(error, 422) &&
  reasons(error).some((reason) => /draft pull requests are not supported/i.test(reason));
