/*
 * What a run leaves behind, as it was found: in git, in the log of GitHub, in the process table, in Temporal's histories, in the
 * messages to the person, and in the agents' own diary. Nothing in this directory imports anything of Coppice's.
 */

/** A line of the agents' diary. */
export interface DiaryEntry {
  readonly what: 'began' | 'beside' | 'committed' | 'ended';
  readonly issue: string;
  /** The turn that its process belongs to. */
  readonly turn: string;
  readonly pid: number;
  readonly kind?: string;
  readonly prompt?: string;
  /** Pids of other agents at the same issue that were alive when it began. */
  readonly others?: readonly number[];
  readonly commit?: string;
  /** What a rebase keeps of the commit: see git-patch-id(1). */
  readonly patch?: string;
}

export interface PullRequest {
  readonly number: number;
  readonly head: string;
  readonly headSha: string;
  readonly state: string;
  readonly mergedAt: string | null;
}

interface Thread {
  readonly id: number;
  readonly comments: readonly { readonly author: string | null; readonly body: string }[];
}

/** A message of the person's channel, as it was delivered. */
export interface Message {
  readonly id: string;
  readonly events: readonly {
    readonly key: string;
    readonly kind: string;
    readonly issue: number | null;
    readonly text: string;
    readonly question?: { readonly decision: string } | null | undefined;
  }[];
}

/** One execution of a workflow. */
export interface Execution {
  readonly id: string;
  readonly run: string;
  readonly type: string;
  /** As Temporal names it: `COMPLETED`, `RUNNING`, `FAILED`, … */
  readonly status: string;
  readonly events: number;
  /** Why tasks of it failed. */
  readonly taskFailures: readonly string[];
}

export interface Repositories {
  /** Of the base branch: path and content of what the agents and reviewers wrote. */
  readonly files: Readonly<Record<string, string>>;
  /** Every commit under a ref of the checkout or of GitHub, or once the head of a pull request, and their patch ids. */
  readonly known: readonly string[];
  readonly githubBranches: readonly string[];
  readonly checkoutRefs: readonly string[];
  readonly worktrees: readonly string[];
  /** Lock files, directories of sessions. */
  readonly remains: readonly string[];
}

/** What was meant to happen, and what the people of the world did. */
export interface World {
  readonly issues: readonly number[];
  /** How the base branch is to look below `work/` in the end. */
  readonly files: Readonly<Record<string, string>>;
  readonly guidance: readonly { readonly issue: number; readonly text: string }[];
  readonly feedback: readonly {
    readonly issue: number;
    readonly mark: string;
    readonly thread: number | null;
  }[];
  readonly questions: readonly { readonly issue: number; readonly begins: string }[];
  /** Why it did not end; null when everything was merged and every session ended. */
  readonly unfinished: string | null;
}

export interface Evidence {
  readonly world: World;
  readonly pulls: readonly PullRequest[];
  readonly threads: readonly Thread[];
  /** What GitHub did not understand, or could not have said. */
  readonly misunderstood: readonly string[];
  readonly diary: readonly DiaryEntry[];
  readonly messages: readonly Message[];
  readonly executions: readonly Execution[];
  readonly repositories: Repositories;
  /** Command lines of processes that were still there after `coppice down`. */
  readonly processes: readonly string[];
}

/** A promise that was not kept. */
export interface Violation {
  readonly rule: string;
  readonly text: string;
}
