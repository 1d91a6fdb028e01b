import { join } from 'node:path';
import { z } from 'zod';
import { SessionLocation } from '../domain/session/session.ts';
import { AgentSettings } from '../domain/settings/agent-settings.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import { readJson, settingDamagedAside, writeJson } from './files/json-file.ts';
import { type Home, sessionDirectory } from './home.ts';

/** A host's record of a registered session: its location on the host, and what may be executed for it. */
export const Registered = z.object({
  location: SessionLocation,
  /** The person's shell commands. */
  setup: z.array(z.string()),
  checks: z.array(z.string()),
  agent: AgentSettings,
});
export type Registered = z.infer<typeof Registered>;

const fileOf = (home: Home, repository: RepositoryName, issue: number): string =>
  join(sessionDirectory(home, repository, issue), 'registered.json');

/** A later registration of the issue replaces an earlier one. */
export const saveRegistered = (home: Home, registered: Registered): Promise<void> => {
  const { repository, issue } = registered.location;
  return writeJson(fileOf(home, repository, issue), registered);
};

/** @returns undefined when the host has no record, or a damaged one, which is then renamed */
export const readRegistered = (
  home: Home,
  repository: RepositoryName,
  issue: number,
): Promise<Registered | undefined> =>
  settingDamagedAside(readJson(fileOf(home, repository, issue), Registered));
