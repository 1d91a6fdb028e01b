import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { RepositoryName } from '../../../src/domain/shared/repository.ts';
import { createApi } from './api.ts';
import { createApps, type EmulatedApp } from './apps.ts';
import { type Automation, createAutomation } from './automation.ts';
import { type Ci, createCiRunner } from './ci.ts';
import { createFaults, type Fault, type Held, type Late } from './faults.ts';
import { copyBare } from './git.ts';
import { createGitBackend } from './git-backend.ts';
import type { MergeMethod } from './merge.ts';
import { createMovers, type Movers } from './moves.ts';
import { operations } from './operations.ts';
import { createPeople, type People } from './people.ts';
import { presenter } from './present.ts';
import { followBranches, mergePull, mergeStack } from './pulls.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import { type EmulatedProtection, type EmulatedRule, enforce } from './rules.ts';
import type { EmulatedStack } from './stacks.ts';
import {
  close,
  type EmulatedIssue,
  type EmulatedPullRequest,
  emptyRepository,
  exclusively,
  fullName,
  type IssueAddress,
  nextNumber,
  now,
  openPulls,
  pullOf,
  State,
} from './state.ts';

export interface EmulatorOptions {
  /** Directory for the bare repositories. */
  readonly root: string;
  /** The one token that is accepted, for REST and for git. */
  readonly token: string;
  /** Hold every request and answer to GitHub's own description; true when absent. */
  readonly validate?: boolean;
  /** How its own addresses begin, where it is reached through a proxy; as it listens when absent. */
  readonly origin?: string;
  /** Called when a request has been answered, or its connection has been dropped. */
  readonly onRequest?: (request: Readonly<SeenRequest>) => void;
}

export interface NewRepository {
  readonly owner: string;
  readonly name: string;
  /** Path of a git repository to copy. */
  readonly from: string;
  /** `main` when absent. */
  readonly defaultBranch?: string;
  readonly deleteBranchOnMerge?: boolean;
  readonly supportsDrafts?: boolean;
  /** Whether it has GitHub's own stacks. */
  readonly hasStacks?: boolean;
  /** Checks every head of a pull request; none when absent. */
  readonly ci?: Ci;
}

interface NewIssue {
  readonly title: string;
  readonly body?: string;
  readonly labels?: readonly string[];
  readonly assignees?: readonly string[];
  readonly milestone?: string;
  /** GitHub's own relations; an issue of another repository as `owner/name#n`. */
  readonly blockedBy?: readonly IssueAddress[];
  readonly subIssues?: readonly IssueAddress[];
  readonly state?: 'open' | 'closed';
  /** The next free one when absent. */
  readonly number?: number;
}

interface SeenRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  /** Undefined until answered, and for good when the connection was dropped. */
  status: number | undefined;
}

/** A stateful stand-in for GitHub on a loopback port: REST, and git over HTTP. */
export interface Emulator extends People, Movers, Automation {
  readonly apiUrl: string;
  /** What was used of the hour's limits, and when the hour ends. */
  readonly rateLimit: RateLimit;
  /** Every request so far, git's among them. */
  readonly requests: readonly SeenRequest[];
  /** What GitHub would not have understood, or not have said. Must be empty at a test's end. */
  readonly violations: readonly string[];
  addRepository(repository: NewRepository): Promise<{ readonly cloneUrl: string }>;
  /** @returns its number */
  addIssue(repository: RepositoryName, issue: NewIssue): number;
  issues(repository: RepositoryName): readonly Readonly<EmulatedIssue>[];
  pullRequests(repository: RepositoryName): readonly Readonly<EmulatedPullRequest>[];
  stacks(repository: RepositoryName): readonly Readonly<EmulatedStack>[];
  /** The bare repository, to look into. */
  directory(repository: RepositoryName): string;
  /** Plays the person who presses the merge button. */
  mergePullRequest(repository: RepositoryName, number: number, method?: MergeMethod): Promise<void>;
  /** Plays the person who merges pull requests that stand on each other at once: all, from the bottom, or none. */
  mergeStack(
    repository: RepositoryName,
    numbers: readonly number[],
    method?: MergeMethod,
  ): Promise<void>;
  /** Plays the person who adds a rule to a ruleset. */
  addRule(repository: RepositoryName, rule: EmulatedRule): Promise<void>;
  /** Plays the person who protects a branch. */
  protect(repository: RepositoryName, protection: EmulatedProtection): void;
  /** Plays the person who closes a pull request unmerged. */
  closePullRequest(repository: RepositoryName, number: number): void;
  /** Installs a GitHub App, which may then do what the token may. */
  installApp(app: EmulatedApp): void;
  /** Answers as to a fine-grained token, which may read Actions' jobs but no checks. */
  hideChecks(hidden?: boolean): void;
  failNext(fault: Fault): void;
  /** Holds the next request that matches, its path without the query, until it is released; `skip` of them pass before. */
  holdNext(method: string, path: RegExp, skip?: number): Held;
  /** Cuts the connection of the next request that matches, and carries it out when the test says so. */
  cutNext(method: string, path: RegExp, skip?: number): Late;
  /** Resolves when no CI runs, and nothing is being merged. */
  ciIdle(): Promise<void>;
  close(): Promise<void>;
}

export async function startGitHubEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { root, token, validate = true, onRequest = () => {} } = options;
  const state = new State();
  const requests: SeenRequest[] = [];
  const violations: string[] = [];
  const ci = createCiRunner(state, () => automation.consider());
  const automation = createAutomation(state, ci, (error) => violations.push(`merge: ${error}`));

  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const listening = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { origin = listening } = options;

  const rateLimit = createRateLimit();
  const apps = createApps(state);
  const api = createApi({
    ...{ state, origin, rateLimit, token, apps, validate },
    operations: [
      ...operations(state, presenter(origin), ci),
      ...apps.operations(presenter(origin)),
    ],
    violation: (problem) => violations.push(problem),
  });
  const rest = getRequestListener(api.fetch);
  const faults = createFaults(
    () => origin,
    async (request) => api.fetch(request),
  );
  const git = createGitBackend({
    ...{ root, token, accepts: (given: string) => state.accepts(given) },
    pushed: (name) => {
      const repository = state.repository(state.renamed.get(name.toLowerCase()) ?? name);
      return exclusively(repository, async () => {
        await followBranches(repository);
        ci.consider(repository);
      });
    },
  });

  server.on('request', async (request, response) => {
    const { pathname: path, search: query } = new URL(request.url ?? '/', origin);
    const seen: SeenRequest = { method: request.method ?? '', path, query, status: undefined };
    requests.push(seen);
    response.on('finish', () => {
      seen.status = response.statusCode;
      automation.consider();
    });
    response.on('close', () => onRequest(seen));
    try {
      await faults.pass(request, path);
      if (await faults.cutOff(request, path)) return;
      if (faults.apply(request, response, path)) return;
      if (sendLog(state, path, response)) return;
      if (!(await git(request, response))) await rest(request, response);
    } catch (error) {
      if (!response.destroyed) violations.push(`emulator: ${error}`); // else the other side went away
      response.destroy();
    }
  });

  return {
    ...createPeople(state, ci),
    ...createMovers(state),
    enableAutoMerge: automation.enableAutoMerge,
    enqueue: automation.enqueue,
    apiUrl: listening,
    rateLimit,
    requests,
    violations,

    async addRepository({ owner, name, from, defaultBranch = 'main', hasStacks, ...more }) {
      const repository = emptyRepository({
        ...{ id: state.nextId(), owner, name, defaultBranch, ...more },
        directory: join(root, owner, `${name}.git`),
        stacks: hasStacks ? [] : null,
      });
      await mkdir(dirname(repository.directory), { recursive: true });
      await copyBare(from, repository.directory, defaultBranch);
      state.repositories.set(fullName(repository).toLowerCase(), repository);
      return { cloneUrl: `${origin}/${owner}/${name}.git` };
    },

    addIssue(name, { title, body = '', state: opened = 'open', number, ...more }) {
      const {
        labels = [],
        assignees = [],
        milestone = null,
        blockedBy = [],
        subIssues = [],
      } = more;
      const repository = state.repository(name);
      const at = now();
      const issue: EmulatedIssue = {
        ...{ id: state.nextId(), number: number ?? nextNumber(repository), title, body, labels },
        ...{ assignees, milestone, blockedBy, subIssues },
        ...{ state: 'open', createdAt: at, updatedAt: at, closedAt: null },
      };
      if (repository.issues.has(issue.number) || repository.pulls.has(issue.number))
        throw new Error(`${name} has a #${issue.number} already`);
      if (opened === 'closed') close(issue);
      repository.issues.set(issue.number, issue);
      return issue.number;
    },

    issues: (name) => [...state.repository(name).issues.values()],
    pullRequests: (name) => [...state.repository(name).pulls.values()],
    async addRule(name, rule) {
      const repository = state.repository(name);
      repository.rules.push(rule);
      await enforce(repository);
    },
    protect: (name, protection) => void state.repository(name).protections.push(protection),
    stacks: (name) => state.repository(name).stacks ?? [],
    directory: (name) => state.repository(name).directory,

    async mergePullRequest(name, number, method = 'squash') {
      const repository = state.repository(name);
      const pull = pullOf(repository, number);
      await exclusively(repository, () => mergePull(repository, pull, method));
    },

    async mergeStack(name, numbers, method = 'squash') {
      const repository = state.repository(name);
      const stack = numbers.map((number) => pullOf(repository, number));
      await exclusively(repository, () => mergeStack(repository, stack, method));
    },

    closePullRequest(name, number) {
      const repository = state.repository(name);
      const pull = pullOf(repository, number);
      if (openPulls(repository).includes(pull)) close(pull);
    },

    installApp: apps.install,
    hideChecks(hidden = true) {
      state.hidesChecks = hidden;
    },
    failNext: faults.add,
    holdNext: faults.hold,
    cutNext: faults.cut,
    ciIdle: automation.idle,

    async close() {
      await ci.stop();
      await automation.idle();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Logs lie elsewhere than the API: whoever has the address may read them. @returns false when `path` is none */
function sendLog(state: State, path: string, response: ServerResponse): boolean {
  const id = Number(/^\/emulated-logs\/(\d+)$/.exec(path)?.[1]);
  const runs = [...state.repositories.values()].flatMap(({ checkRuns }) => checkRuns);
  const log = runs.find((run) => run.id === id)?.log;
  if (log === undefined || log === null) return false;
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(log);
  return true;
}
