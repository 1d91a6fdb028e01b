import { join } from 'node:path';
import { z } from 'zod';
import type { RepositoryName } from '../../domain/shared/repository.ts';
import { changesOf, filesContaining, filesOf, textsFound } from '../../git/read/codebase.ts';
import { tipOf } from '../../git/refs/refs.ts';
import { fetchObjects, type NeededObjects } from '../../git/remote/fetch-objects.ts';
import type { GitTokenSource } from '../../git/remote/remote.ts';
import type { Codebase } from '../../planning/draft.ts';
import { Codemap, type PastChange } from '../../planning/rules/codemap.ts';
import { ignoringDamage, readJson, writeJson } from '../../state/files/json-file.ts';
import type { Home } from '../../state/home.ts';

/** The commit that sessions would start from. */
export interface StartingPoint {
  readonly repository: RepositoryName;
  /** The person's checkout. */
  readonly checkout: string;
  readonly remote: string;
  /** The base branch; the remote's default when absent. */
  readonly base: string | undefined;
}

export interface CodebaseRequest extends StartingPoint {
  /** Recent commits to learn from. */
  readonly commits: number;
}

/** A repository without a commit. */
export const NO_CODEBASE: Codebase = {
  map: new Codemap([], []),
  containing: async () => new Map(),
  quoted: async () => new Set(),
};

/** For what a partial clone lacks. */
type Bring = (wanted: NeededObjects) => Promise<void>;

/** Changes with the rules by which history is read. */
const RULES = 2;

const Known = z.object({
  rules: z.literal(RULES),
  commit: z.string(),
  commits: z.number(),
  changes: z.array(z.object({ title: z.string(), files: z.array(z.string()) })),
});

/** Files and history at the commit sessions will start from, as far as this checkout knows it; empty without a commit. */
export async function openCodebase(
  home: Home,
  request: CodebaseRequest,
  tokens: GitTokenSource,
): Promise<Codebase> {
  const { checkout } = request;
  const bring: Bring = (wanted) => fetchObjects(checkout, wanted, { tokens });
  const commit = await startingCommit(request);
  if (commit === undefined) return NO_CODEBASE;
  await bring({ commits: [commit] });
  const changes = await recentChanges(home, request, commit, bring);
  return {
    map: new Codemap(await filesOf(checkout, commit), changes),
    containing: (words) => filesContaining(checkout, commit, words),
    quoted: (texts) => textsFound(checkout, commit, texts),
  };
}

/** As far as the checkout knows it; undefined without a commit. */
export const startingCommit = async ({
  checkout,
  remote,
  base,
}: StartingPoint): Promise<string | undefined> =>
  (await tipOf(checkout, `refs/remotes/${remote}/${base ?? 'HEAD'}`)) ??
  (await tipOf(checkout, 'HEAD'));

/** Read from git once for each commit: one file for each repository holds the latest. */
async function recentChanges(
  home: Home,
  { repository, checkout, commits }: CodebaseRequest,
  commit: string,
  bring: Bring,
): Promise<readonly PastChange[]> {
  const file = join(home.cache, 'history', `${repository.toLowerCase()}.json`);
  const known = await ignoringDamage(readJson(file, Known));
  if (known?.commit === commit && known.commits === commits) return known.changes;
  await bring({ commits: [], names: [[`--max-count=${commits}`, commit]] });
  const changes = (await changesOf(checkout, commit, { limit: commits })).map(
    ({ title, files }) => ({ title, files: [...files] }),
  );
  await writeJson(file, { rules: RULES, commit, commits, changes });
  return changes;
}
