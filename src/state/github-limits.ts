import { z } from 'zod';
import { ignoringDamage, readJson, writeJson } from './files/json-file.ts';
import type { Home } from './home.ts';

/** Rate limits that GitHub counts separately; `all` stands for a limit on every request. */
export const GitHubBucket = z.enum(['core', 'graphql', 'search', 'all']);
export type GitHubBucket = z.infer<typeof GitHubBucket>;

/** For each limit the time (ISO 8601) until which no request may be sent. */
export const GitHubLimits = z.partialRecord(GitHubBucket, z.string());
export type GitHubLimits = z.infer<typeof GitHubLimits>;

/** The rate limits of this host that still hold. A damaged file counts as empty, because GitHub reports its limits again. */
export async function readGitHubLimits(home: Home, now = Date.now()): Promise<GitHubLimits> {
  const limits = await ignoringDamage(readJson(home.githubLimits, GitHubLimits));
  if (!limits) return {};
  return Object.fromEntries(
    Object.entries(limits).filter(([, until]) => Date.parse(until) > now),
  ) as GitHubLimits;
}

/** Stores the later of two times for a limit. */
export async function recordGitHubLimit(
  home: Home,
  bucket: GitHubBucket,
  until: Date,
): Promise<void> {
  const limits = await readGitHubLimits(home);
  if (Date.parse(limits[bucket] ?? '') >= until.getTime()) return;
  await writeJson(home.githubLimits, { ...limits, [bucket]: until.toISOString() });
}
