import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import type { z } from 'zod';
import { CONFIG_FILE, type Config } from '../../src/config/schema.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import type { ProcessIdentity } from '../../src/process/identity.ts';
import { members } from '../../src/process/members.ts';
import { coppiceHome, type Home } from '../../src/state/home.ts';
import { type AgentSetup, scriptedAgent } from './agent-setup.ts';
import type { Ci } from './github-emulator/ci.ts';
import { type Emulator, startGitHubEmulator } from './github-emulator/index.ts';
import { SAMPLE_ISSUES, type SampleIssue } from './sample/issues.ts';
import { createSampleRepository } from './sample/repository.ts';

export interface EnvironmentOptions {
  /** Issues of the repository; the sample's when absent. */
  readonly issues?: readonly Omit<SampleIssue, 'after'>[];
  /** The scripted one when absent. */
  readonly agent?: AgentSetup;
  /** An empty directory that becomes the person's home, and that the caller removes; one below the root when absent. */
  readonly person?: string;
  /** Runs for every head of a pull request. */
  readonly ci?: Ci;
  /** Whether GitHub deletes merged branches, and retargets what stands on them; it does when absent. */
  readonly deleteBranchOnMerge?: boolean;
  /** Laid over the coppice.yaml that is written anyway. */
  readonly config?: z.input<typeof Config>;
}

/** All that Coppice needs around it, in one directory and on loopback: GitHub, a person's checkout, a home. */
export interface Environment {
  /** The directory that holds all of its files. */
  readonly root: string;
  readonly repository: RepositoryName;
  readonly emulator: Emulator;
  /** A git URL that works with `credentials`. */
  readonly cloneUrl: string;
  /** Makes git log in at `cloneUrl`, as environment variables. */
  readonly credentials: Readonly<Record<string, string>>;
  /** The person's checkout, with a coppice.yaml. */
  readonly checkout: string;
  readonly home: Home;
  /** For every process of Coppice: nothing of the real person's, and free ports. */
  readonly env: Readonly<Record<string, string>>;
  /** Processes of Coppice, Temporal and agents that run in this environment. */
  processes(): ProcessIdentity[];
  /** Closes the emulator. Processes and files stay. */
  close(): Promise<void>;
}

/** What of the machine's environment comes in. */
const PASSED = [
  ...['PATH', 'LANG', 'TERM', 'TMPDIR', 'NO_COLOR', 'COPPICE_TEMPORAL_CLI'],
  // Where vitest.config.ts keeps compiled programs.
  'NODE_COMPILE_CACHE',
];

/** @param root an empty directory; the caller removes it */
export async function createEnvironment(
  root: string,
  {
    issues = SAMPLE_ISSUES,
    agent = scriptedAgent(),
    person = join(root, 'home'),
    ci,
    deleteBranchOnMerge,
    config = {},
  }: EnvironmentOptions = {},
): Promise<Environment> {
  const repository = RepositoryName.parse('acme/app');
  const token = `emulated-${randomUUID()}`;
  const emulator = await startGitHubEmulator({ root: join(root, 'github'), token });
  const from = join(root, 'sample');
  await createSampleRepository(from);
  const { cloneUrl } = await emulator.addRepository({
    ...{ owner: 'acme', name: 'app', from },
    ...(ci && { ci }),
    ...(deleteBranchOnMerge !== undefined && { deleteBranchOnMerge }),
  });
  for (const issue of issues) emulator.addIssue(repository, issue);

  await mkdir(person, { recursive: true });
  for (const [path, text] of Object.entries(agent.home ?? {})) {
    await mkdir(dirname(join(person, path)), { recursive: true });
    await writeFile(join(person, path), text);
  }
  const env = {
    ...inheritedVariables(),
    HOME: person,
    COPPICE_HOME: join(root, 'state'),
    COPPICE_CACHE: coppiceHome().cache,
    COPPICE_TEMPORAL_PORT: '0',
    COPPICE_UI_PORT: '0',
    COPPICE_POLL_SECONDS: '1',
    GITHUB_API_URL: emulator.apiUrl,
    GITHUB_TOKEN: token,
    ...agent.env,
  };
  const credentials = gitCredentials(emulator.apiUrl, token);
  const checkout = join(root, 'app');
  await execa({ env: credentials })`git clone --quiet ${cloneUrl} ${checkout}`;
  await writeFile(
    join(checkout, CONFIG_FILE),
    stringify(configured(repository, agent.config, config)),
  );
  return {
    ...{ root, repository, emulator, cloneUrl, credentials, checkout, env },
    home: coppiceHome(env),
    // The person's home is in the environment of each, and of nothing else on the machine.
    processes: () => members({ HOME: person }),
    close: () => emulator.close(),
  };
}

/** What of this process's environment every process of Coppice gets. */
export const inheritedVariables = (): Readonly<Record<string, string>> =>
  Object.fromEntries(PASSED.flatMap((name) => entryOf(name)));

/** Variables that make git log in at an emulator. */
export const gitCredentials = (url: string, token: string): Readonly<Record<string, string>> => ({
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: `http.${url}/.extraHeader`,
  GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${btoa(`x-access-token:${token}`)}`,
  GIT_TERMINAL_PROMPT: '0',
});

const entryOf = (name: string): [string, string][] => {
  const value = process.env[name];
  return value === undefined ? [] : [[name, value]];
};

/** Nobody waits here as long as people do, whatever a test configures beside it. */
function configured(
  repository: RepositoryName,
  ...laidOver: readonly (z.input<typeof Config> | undefined)[]
): z.input<typeof Config> {
  const config: z.input<typeof Config> = Object.assign(defaults(repository), ...laidOver);
  const pullRequests = { settle: 6, pendingLimit: 25, reopen: 10, ...config.pullRequests };
  return { ...config, pullRequests };
}

const defaults = (repository: RepositoryName): z.input<typeof Config> => ({
  repository,
  pullRequests: { debounce: 1 },
  notify: { desktop: false },
  // Also on a machine without one, which `coppice run` then says.
  sandbox: 'auto',
  // No tool is asked where it gets packages from, and none is asked for any.
  access: { registries: [] },
});
