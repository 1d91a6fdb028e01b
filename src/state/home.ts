import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { type RepositoryName, splitRepository } from '../domain/shared/repository.ts';

/**
 * Where Coppice keeps what must outlive a process: the XDG state directory, or `COPPICE_HOME`. Layout:
 *
 *     host-id               this host's stable id
 *     service/              lock, addresses, pids and logs of `coppice up`
 *     starting/             lock of whoever is starting a run
 *     temporal/             the embedded server's SQLite file
 *     repositories/<owner>/<repo>.json   where it is checked out on this host
 *     sessions/<owner>/<repo>/<n>/   registration, ownership record, last known detail, setup log, kept files
 *     sessions/<owner>/<repo>/<n>/home/   the home of what runs in the session's sandbox
 *     ports/<n>             the session that has the n-th range of ports
 *     turns/<turn id>/      a turn's journal, see src/agents/turn/attempt.ts
 *     turns/.worktrees/     who works in a worktree, see src/agents/turn/occupancy.ts
 *     watch/<owner>/<repo>/<n>.json  issues and pull requests to watch
 *     github-limits.json    until when GitHub asks for patience
 *     usage-limits/<digest>.json     until when an agent's account is used up
 *     outbox/<digest>.json  what a person is to be told
 */
export interface Home {
  readonly root: string;
  readonly service: string;
  readonly starting: string;
  readonly temporal: string;
  readonly turns: string;
  readonly watch: string;
  readonly githubLimits: string;
  readonly usageLimits: string;
  readonly outbox: string;
  /** The person's own settings of how they are told. */
  readonly notifyFile: string;
  readonly sessions: string;
  readonly repositories: string;
  /** Directory for files that can be downloaded again, such as the Temporal CLI. */
  readonly cache: string;
}

export function coppiceHome(env: NodeJS.ProcessEnv = process.env): Home {
  const paths = envPaths('coppice', { suffix: '' });
  // On Linux the `log` of env-paths is the XDG state directory. On other systems state is stored beside data.
  const root = env.COPPICE_HOME ?? (process.platform === 'linux' ? paths.log : paths.data);
  return {
    root,
    service: join(root, 'service'),
    starting: join(root, 'starting'),
    temporal: join(root, 'temporal'),
    turns: join(root, 'turns'),
    watch: join(root, 'watch'),
    githubLimits: join(root, 'github-limits.json'),
    usageLimits: join(root, 'usage-limits'),
    outbox: join(root, 'outbox'),
    notifyFile: join(env.COPPICE_HOME === undefined ? paths.config : root, 'notify.yaml'),
    sessions: join(root, 'sessions'),
    repositories: join(root, 'repositories'),
    cache: env.COPPICE_CACHE ?? paths.cache,
  };
}

/** Creates the state directory for its owner only, whatever the umask is. An existing directory that others may read is closed. */
export function ensurePrivate({ root }: Home): void {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  if ((statSync(root).mode & 0o077) !== 0) chmodSync(root, 0o700);
}

export function sessionDirectory(home: Home, repository: RepositoryName, issue: number): string {
  const { owner, repo } = splitRepository(repository);
  return join(home.sessions, owner, repo, String(issue));
}

/** Where the home of what runs in a session's sandbox is, below the root. */
export function privateHome(repository: RepositoryName, issue: number): string {
  const { owner, repo } = splitRepository(repository);
  return join('sessions', owner, repo, String(issue), 'home');
}
