import { join } from 'node:path';
import { z } from 'zod';
import type { RepositoryName } from '../domain/shared/repository.ts';
import { type Home, sessionDirectory } from './home.ts';
import { readJson, settingDamagedAside, writeJson } from './json-file.ts';

/** What an agent is told of its issue. Written by strangers: it never names anything. */
const IssueText = z.object({ title: z.string(), body: z.string() });
export type IssueText = z.infer<typeof IssueText>;

const fileOf = (home: Home, repository: RepositoryName, issue: number): string =>
  join(sessionDirectory(home, repository, issue), 'issue.json');

/** Keeps the issue's text on the session's host, so that its turns need no GitHub and its history no text. */
export const saveIssueText = (
  home: Home,
  repository: RepositoryName,
  issue: number,
  { title, body }: IssueText,
): Promise<void> => writeJson(fileOf(home, repository, issue), { title, body });

/** @returns undefined when the host has no text of it, or a damaged one, which is kept aside */
export const readIssueText = (
  home: Home,
  repository: RepositoryName,
  issue: number,
): Promise<IssueText | undefined> =>
  settingDamagedAside(readJson(fileOf(home, repository, issue), IssueText));
