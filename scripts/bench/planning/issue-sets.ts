import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { changesOf } from '../../../src/git/read/codebase.ts';
import type { PastIssue } from './past.ts';

/** Issues of one repository with what is known of them, as a file of `--issues` has them. */
const IssueSet = z.strictObject({
  /** `owner/name` */
  repository: z.string(),
  /** Path of a clone. */
  clone: z.string(),
  issues: z.array(
    z.strictObject({
      number: z.number(),
      title: z.string(),
      body: z.string(),
      labels: z.array(z.string()).default([]),
      /** The commit that did its work, as in the clone. */
      commit: z.string().optional(),
      /** Issues that its text states to come before it. */
      after: z.array(z.number()).optional(),
      /** What a maintainer would say. */
      ready: z.boolean().optional(),
      areas: z.array(z.string()).optional(),
    }),
  ),
});
export type IssueSet = z.infer<typeof IssueSet>;

/** All sets of a directory. Nothing of them belongs into this repository. */
export const readIssueSets = (directory: string): IssueSet[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => IssueSet.parse(JSON.parse(readFileSync(join(directory, name), 'utf8'))));

const HISTORY = 100_000;

/** Those whose commit is known, in the order of their commits, with the files that it changed. */
export async function withFiles({ clone, issues }: IssueSet): Promise<PastIssue[]> {
  const changes = await changesOf(clone, 'HEAD', { limit: HISTORY });
  return changes
    .flatMap(({ commit, files }) =>
      issues
        .filter((issue) => issue.commit !== undefined && commit.startsWith(issue.commit))
        .map((issue) => ({ ...issue, commit, files })),
    )
    .reverse();
}
