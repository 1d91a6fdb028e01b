/**
 * A directory in which an agent keeps its data. The session gets a copy of it, with parts of the person's.
 */
export interface OwnDirectory {
  /** The person's directory, as a path that begins with `~/` or `/`. */
  readonly from: string;
  /** The path of the session's copy below its private home; empty for the home itself. */
  readonly at: string;
  /**
   * Names of entries that the agent reads and must not write, such as login, settings and instructions; `all`
   * for every entry.
   */
  readonly shared: readonly string[] | 'all';
  /** JSON files that the agent writes often. The session starts with a copy without these keys. */
  readonly copied?: readonly { readonly name: string; readonly without: readonly string[] }[];
  /** The environment variable with which the person can choose another directory. */
  readonly variable?: string;
}

/** A login that the agent renews by itself. */
interface Login {
  /** A path that begins with `~/` or `/`. */
  readonly file: string;
  /** Hosts at which it is renewed. */
  readonly hosts: readonly string[];
}

/** How an agent reaches its model with a key that stays outside of the sandbox. */
export interface ModelAccess {
  /** The address for which the key is. */
  readonly base: string;
  /** The environment variable that makes the agent use another address. */
  readonly baseVariable: string;
  /** Environment variables that contain the key, and the header in which it is sent, after `scheme`. */
  readonly keys: readonly {
    readonly variable: string;
    readonly header: string;
    readonly scheme: string;
  }[];
}

/** What an agent's own program needs in the sandbox. */
export interface AgentNeeds {
  /** Hosts of its model, unless the agent uses `model`. */
  readonly hosts: readonly string[];
  /** Its program, and other files that its command line names. */
  readonly programs: readonly string[];
  /** Files that are named by the variables of `agent.env`. */
  readonly files: readonly string[];
  readonly directories: readonly OwnDirectory[];
  readonly login?: Login;
  /** Absent when the agent has no key, but another kind of login. */
  readonly model?: ModelAccess;
  /**
   * Requests that the agent makes without needing them, so their refusal is not shown: hosts, names in the
   * shared git directory, and path prefixes.
   */
  readonly ignored: {
    readonly hosts: readonly string[];
    readonly git: readonly string[];
    readonly paths: readonly string[];
  };
}

export const NO_NEEDS: AgentNeeds = {
  ...{ hosts: [], programs: [], files: [], directories: [] },
  ignored: { hosts: [], git: [], paths: [] },
};

/** Refused requests of a program that are not shown to the person. */
export interface IgnoredRequests {
  /** The person's home, which is never opened whole. */
  readonly home: string;
  readonly hosts: readonly string[];
  /** Path prefixes: a path that begins with one of them counts. */
  readonly paths: readonly string[];
}
