import { z } from 'zod';
import type { Home } from './home.ts';
import { orNothing, readJson, writeJson } from './json-file.ts';

/** What GitHub counts by itself; `all` is what it refuses whatever is asked. */
export const GitHubBucket = z.enum(['core', 'graphql', 'search', 'all']);
export type GitHubBucket = z.infer<typeof GitHubBucket>;

/** Moments (ISO 8601) before which GitHub must not be asked. */
export const GitHubLimits = z.partialRecord(GitHubBucket, z.string());
export type GitHubLimits = z.infer<typeof GitHubLimits>;

/** The limits that GitHub has set to this host and that are not over. A damaged note counts as none: GitHub says it again. */
export async function readGitHubLimits(home: Home, now = Date.now()): Promise<GitHubLimits> {
  const limits = await orNothing(readJson(home.githubLimits, GitHubLimits));
  if (!limits) return {};
  return Object.fromEntries(
    Object.entries(limits).filter(([, until]) => Date.parse(until) > now),
  ) as GitHubLimits;
}

/** Keeps the later of two moments for a bucket. */
export async function recordGitHubLimit(
  home: Home,
  bucket: GitHubBucket,
  until: Date,
): Promise<void> {
  const limits = await readGitHubLimits(home);
  if (Date.parse(limits[bucket] ?? '') >= until.getTime()) return;
  await writeJson(home.githubLimits, { ...limits, [bucket]: until.toISOString() });
}
