import type { AgentEntry } from '../agents/inventory.ts';
import type { Availability } from '../agents/sandbox/availability.ts';
import type { Board, Coppice } from '../client/types.ts';
import type { Config } from '../config/schema.ts';
import type { AgentSettings } from '../domain/settings/agent-settings.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import type { IssueSource } from '../github/issues/issue-source.ts';
import type { GitHub } from '../github/port.ts';
import type { Codebase } from '../planning/draft.ts';
import type { Proposals } from '../planning/rules/proposals.ts';
import type { ProcessIdentity } from '../process/identity.ts';
import type { ServiceState } from '../service/service.ts';
import type { Home } from '../state/home.ts';
import type { LeftBranch } from '../state/left-branch.ts';
import type { OldTurns } from '../state/old-turns.ts';
import type { ChannelProblem } from '../state/outbox.ts';
import type { Ownership, StoredSession } from '../state/session-store.ts';
import type { WorkerRecord } from '../state/worker-record.ts';
import type { ChannelTest } from './notify/test-channels.ts';
import type { CodebaseRequest } from './planning/codebase.ts';
import type { ProposalsRequest } from './planning/proposals-request.ts';
import type { SigningState } from './preflight/signing.ts';
import type { Diff } from './terminal/diff.ts';
import type { Opening } from './terminal/interactive.ts';
import type { Questions } from './terminal/questions.ts';
import type { Terminal } from './terminal/terminal.ts';

/** What a command works with. Each service is made when it is first asked for, because `--help` needs none. */
export interface Context {
  readonly env: NodeJS.ProcessEnv;
  /** Where the command works: the current directory, or the one given with -C. */
  readonly cwd: string;
  /** The repository given with --repo. */
  readonly repo: RepositoryName | undefined;
  readonly terminal: Terminal;
  readonly home: Home;
  readonly services: Services;
  readonly now: () => Date;
  /** Runs another command line at the same place, with a terminal of its own. @returns its exit code */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/** A person's checkout, as far as commands look at it. */
export interface Checkout {
  /** Absolute path of its top directory. */
  readonly path: string;
  /** Files around where a person stands that look like its configuration, and are not read. */
  readonly unread: readonly string[];
  /** @returns undefined when there is no remote of that name */
  remoteUrl(remote: string): Promise<string | undefined>;
  /** The branch `remote` is known to have as its default, without asking it. */
  defaultBranch(remote: string): Promise<string | undefined>;
  branchExists(branch: string): Promise<boolean>;
  /** How the person's commits are signed; undefined when they are not. Asks the key. */
  signs(): Promise<SigningState | undefined>;
}

export interface ServiceOptions {
  readonly port?: number;
  readonly uiPort?: number;
}

export interface PruneDecision {
  readonly removed: boolean;
  /** Why, in one line. */
  readonly reason: string;
}

/** The program's other parts, as commands use them; `wiring.ts` fills this in. */
export interface Services {
  /** @throws ClientError Unreachable when no server answers */
  connect(): Promise<Coppice>;
  up(options: ServiceOptions): Promise<ServiceState>;
  /** Serves until interrupted. */
  upForeground(options: ServiceOptions): Promise<void>;
  /** @returns false when nothing was running */
  down(): Promise<boolean>;
  /** Does this in one process of this host at a time; the others wait, and say so. */
  oneAtATime<T>(doing: string, work: () => Promise<T>): Promise<T>;
  /** Whether `up` runs on this host. */
  isUp(): Promise<boolean>;
  /** Where the Web UI of the service's server is; undefined when no service runs, or its server's Web UI is not known. */
  webUi(): Promise<string | undefined>;
  /** A page of the Web UI with what logs a browser in, good for some minutes. */
  withLogin(page: string): Promise<string>;
  /** @returns false when there is no browser to open it in */
  openBrowser(link: string): Promise<boolean>;
  /** Runs a worker until interrupted. @param settings go over the environment's */
  worker(settings: NodeJS.ProcessEnv): Promise<void>;
  github(): Promise<GitHub>;
  /** GitHub's issues and their relations, for planning. */
  issues(): Promise<IssueSource>;
  /** Files and history of a checkout. */
  codebase(request: CodebaseRequest): Promise<Codebase>;
  /** What the configured agent proposes about a plan. */
  proposals(request: ProposalsRequest): Promise<Proposals>;
  /** Asks the person; undefined when there is none at the terminal. */
  questions(): Promise<Questions | undefined>;
  /** The checkout around `cwd`, if any. */
  checkout(cwd: string): Promise<Checkout | undefined>;
  parseRemoteUrl(url: string): Promise<RepositoryName | undefined>;
  loadConfig(checkout: string): Promise<Config>;
  /** What of the repository's names can be read in a coppice.yaml that is not valid. */
  namesInConfig(checkout: string): Promise<Pick<Config, 'repository' | 'remote'>>;
  remember(repository: RepositoryName, checkout: string): Promise<void>;
  /** The checkout last used for a repository on this host. */
  remembered(repository: RepositoryName): Promise<string | undefined>;
  /** Every session of the repository that this host has a record of. */
  stored(repository: RepositoryName): Promise<readonly StoredSession[]>;
  /** The board as this host last knew it. */
  recordedBoard(repository: RepositoryName): Promise<Board>;
  /** Removes worktree and local branch of an ended session, unless they hold work of their own. */
  prune(
    session: StoredSession & { readonly ownership: Ownership },
    options: { readonly dryRun: boolean; readonly force: boolean },
  ): Promise<PruneDecision>;
  /** What cancelled sessions left on GitHub. */
  leftBranches(repository: RepositoryName): Promise<readonly LeftBranch[]>;
  /** Deletes that on GitHub. @returns why it stays; empty when it is gone */
  deleteLeftBranch(left: LeftBranch): Promise<string>;
  /** Removes the turns of a repository's sessions that ended long ago, except of issues that are open; or only tells. */
  pruneTurns(
    repository: RepositoryName,
    options: { readonly dryRun: boolean; readonly open: ReadonlySet<number> },
  ): Promise<readonly OldTurns[]>;
  /** What this host has of agents; programs with a path are seen from `directory`. */
  agents(settings: readonly AgentSettings[], directory: string): Promise<readonly AgentEntry[]>;
  /** What keeps an agent from starting, if anything. */
  agentProblem(settings: AgentSettings, directory: string): Promise<string | undefined>;
  /** Whether this host can keep agents in a sandbox. */
  sandbox(): Promise<Availability>;
  /** This process, as who holds a session. @throws AgentUnavailable when the adapter can't run in a terminal */
  attachable(adapter: string): Promise<ProcessIdentity>;
  isRunning(process: ProcessIdentity): Promise<boolean>;
  /** Opens an attached session's agent in this terminal. @returns its exit code */
  openAgent(opening: Opening): Promise<number>;
  /** Ends what an attachment whose terminal is gone left running. */
  endLeftover(attachment: string): Promise<void>;
  /** This host's own. */
  hostId(): Promise<string>;
  /** What the worker of this host last wrote down about itself, if it did. */
  workerRecord(): Promise<WorkerRecord | undefined>;
  /** Why a process with this environment can't start an agent, and what to do. */
  missingAgent(settings: AgentSettings, env: NodeJS.ProcessEnv): Promise<string | undefined>;
  /** What a turn’s agent asked its model for, and what the sandbox refused it, a line each. */
  network(turnId: string): Promise<readonly string[]>;
  /** Channels of this host that do not deliver. */
  channelProblems(): Promise<readonly ChannelProblem[]>;
  /** Sends a message by each channel of the configuration and of the person's own file. */
  testChannels(config: Config): Promise<readonly ChannelTest[]>;
  /** Shows a diff in a checkout on the terminal. @returns git's exit code */
  showDiff(checkout: string, diff: Diff): Promise<number>;
  /** A turn's transcript in readable lines; with `follow` until the turn has ended. */
  transcript(turnId: string, follow: boolean): AsyncIterable<string>;
}
