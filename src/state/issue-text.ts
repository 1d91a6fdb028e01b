import { join } from 'node:path';
import { z } from 'zod';
import type { RepositoryName } from '../domain/shared/repository.ts';
import { readJson, settingDamagedAside, writeJson } from './files/json-file.ts';
import { type Home, sessionDirectory } from './home.ts';

/** What an agent is told of its issue. Written by strangers: it never names anything. */
const IssueText = z.object({ title: z.string(), body: z.string() });
export type IssueText = z.infer<typeof IssueText>;

const fileOf = (home: Home, repository: RepositoryName, issue: number): string =>
  join(sessionDirectory(home, repository, issue), 'issue.json');

/** Stores the issue's text on the session's host, so that turns do not need GitHub, and the history does not contain the text. */
export const saveIssueText = (
  home: Home,
  repository: RepositoryName,
  issue: number,
  { title, body }: IssueText,
): Promise<void> => writeJson(fileOf(home, repository, issue), { title, body });

/** @returns undefined when the host has no text, or a damaged one, which is then renamed */
export const readIssueText = (
  home: Home,
  repository: RepositoryName,
  issue: number,
): Promise<IssueText | undefined> =>
  settingDamagedAside(readJson(fileOf(home, repository, issue), IssueText));
