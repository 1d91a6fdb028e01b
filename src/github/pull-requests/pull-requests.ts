import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { managedSection } from '../../domain/pull-request/managed-section.ts';
import type { PullRequestSnapshot } from '../../domain/pull-request/pull-request.ts';
import { CoppiceError, TransientError } from '../../domain/shared/failure.ts';
import { type RepositoryName, splitRepository } from '../../domain/shared/repository.ts';
import { isHttpError, reasons, translate } from '../api/errors.ts';
import { PullRequestResponse, parseResponse, toSnapshot } from '../api/responses.ts';
import { writeOnce } from '../api/write-once.ts';
import type { GitHub, PullRequestRequest } from '../port.ts';
import { hiddenMarker, withMarker } from './marker.ts';

/** Reads the tip of a branch on GitHub; undefined when there is no such branch. */
export type TipOf = (repository: RepositoryName, branch: string) => Promise<string | undefined>;

const Moved = z.object({ owner: z.object({ login: z.string() }) });

type PullRequests = Pick<GitHub, 'ensurePullRequest' | 'retarget' | 'readPullRequest'>;

export function createPullRequests(
  octokit: Octokit,
  apiUrl: string,
  tipOf: TipOf,
  late: readonly number[],
): PullRequests {
  const { pulls } = octokit.rest;
  const lastRead = new Map<string, { etag: string; snapshot: PullRequestSnapshot }>();

  const snapshotOf = (data: unknown): PullRequestSnapshot =>
    toSnapshot(parseResponse(PullRequestResponse, data, apiUrl));

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

  /**
   * The present name of the owner. A repository that was transferred can be read by its old name, but its
   * branches can't be listed by it.
   */
  async function ownerOf(repository: RepositoryName): Promise<string> {
    const { data } = await octokit.rest.repos.get(splitRepository(repository));
    return parseResponse(Moved, data, apiUrl).owner.login;
  }

  async function listFrom(repository: RepositoryName, owner: string, head: string) {
    const { data } = await pulls.list({
      ...splitRepository(repository),
      ...{ head: `${owner}:${head}`, state: 'all', per_page: 100 },
    });
    const listed = parseResponse(z.array(PullRequestResponse), data, apiUrl);
    return listed.filter((pull) => pull.head.ref === head);
  }

  async function listOurs(repository: RepositoryName, head: string) {
    const { owner } = splitRepository(repository);
    const ours = await listFrom(repository, owner, head);
    if (ours.length > 0) return ours;
    const now = await ownerOf(repository);
    return now.toLowerCase() === owner.toLowerCase() ? [] : listFrom(repository, now, head);
  }

  async function find(repository: RepositoryName, { head, marker }: PullRequestRequest) {
    const ours = await listOurs(repository, head);
    const open = ours.find((pull) => pull.state === 'open');
    if (open) return open;
    const merged = ours.find(
      (pull) => pull.merged_at !== null && pull.body?.includes(hiddenMarker(marker)),
    );
    // A pull request of an earlier session of the same issue may be merged too. Then the branch has newer
    // commits.
    return merged && merged.head.sha === (await tipOf(repository, head)) ? merged : undefined;
  }

  /** Pull requests to adopt. If delayed requests made several, the one with the wanted base is first. */
  async function findAll(repository: RepositoryName, request: PullRequestRequest) {
    const { head, base, marker } = request;
    const open = (await listOurs(repository, head)).filter(({ state }) => state === 'open');
    const own = open.filter(({ body }) => body?.includes(hiddenMarker(marker)));
    if (own.length > 1)
      return own.sort(
        (a, b) => Number(b.base.ref === base) - Number(a.base.ref === base) || a.number - b.number,
      );
    const found = await find(repository, request);
    return found ? [found] : [];
  }

  /**
   * Opens a pull request.
   * @returns undefined when GitHub reports that one exists already
   */
  async function create(
    repository: RepositoryName,
    request: PullRequestRequest,
  ): Promise<PullRequestResponse | undefined> {
    const { head, base, title, body, marker, draft = false } = request;
    try {
      const { data } = await pulls.create({
        ...{ ...splitRepository(repository), head, base, title, draft },
        body: withMarker(managedSection(body), marker),
      });
      return parseResponse(PullRequestResponse, data, apiUrl);
    } catch (error) {
      if (draft && hasNoDrafts(error)) return create(repository, { ...request, draft: false });
      // GitHub's report counts only if the existing pull request can be found.
      if (isDuplicate(error) && (await find(repository, request))) return undefined;
      if (isBaseGone(error))
        throw new CoppiceError(
          'MissingBaseBranch',
          `${repository} has no branch ${base} to open a pull request into: restore it, or choose another base`,
        );
      throw translate(error, opening(repository, request), apiUrl);
    }
  }

  const opening = (repository: RepositoryName, { head, base }: PullRequestRequest): string =>
    `open a pull request from ${head} into ${base} of ${repository}`;

  async function close(repository: RepositoryName, number: number): Promise<void> {
    await pulls.update({ ...splitRepository(repository), pull_number: number, state: 'closed' });
  }

  return {
    readPullRequest: read,

    async ensurePullRequest(repository, request) {
      let created: PullRequestResponse | undefined;
      try {
        const known = await writeOnce({
          late,
          find: () => findAll(repository, request),
          async write() {
            created = await create(repository, request);
          },
          remove: ({ number }) => close(repository, number),
        });
        const found = known ?? created ?? (await find(repository, request));
        if (found) return toSnapshot(found);
      } catch (error) {
        throw translate(error, opening(repository, request), apiUrl);
      }
      throw new TransientError(
        `the new pull request from ${request.head} can't be found in ${repository} yet`,
      );
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

/** Whether the base branch does not exist. */
const isBaseGone = (error: unknown): boolean =>
  isHttpError(error, 422) && reasons(error).some((reason) => reason.startsWith('base: invalid'));

const isDuplicate = (error: unknown): boolean =>
  isHttpError(error, 422) &&
  reasons(error).some((reason) => reason.startsWith('A pull request already exists'));

/** Whether the repository has no drafts, such as a private repository of a free plan. */
const hasNoDrafts = (error: unknown): boolean =>
  isHttpError(error, 422) &&
  reasons(error).some((reason) => /draft pull requests are not supported/i.test(reason));
