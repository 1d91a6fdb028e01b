/** One of an agent's own directories: what it finds of the person's in the copy that a session has of it. */
export interface OwnDirectory {
  /** The person's, from `~/` or `/`. */
  readonly from: string;
  /** Where the session's copy is, below its private home; empty for the home itself. */
  readonly at: string;
  /** Names in it that the agent reads and never writes: login, settings, instructions; `all` for every one. */
  readonly shared: readonly string[] | 'all';
  /** JSON files that it writes all the time: the session begins with a copy, without these keys. */
  readonly copied?: readonly { readonly name: string; readonly without: readonly string[] }[];
  /** The variable that leads the agent there when the person has set it. */
  readonly variable?: string;
}

/** A login that the agent renews by itself. */
interface Login {
  /** From `~/` or `/`. */
  readonly file: string;
  /** Where it is renewed. */
  readonly hosts: readonly string[];
}

/** How an agent reaches its model with a key, which stays outside of the sandbox. */
export interface ModelAccess {
  /** The address that the key is for. */
  readonly base: string;
  /** The variable by which the agent is led to another. */
  readonly baseVariable: string;
  /** Variables that hold the key, and the header that it is sent in, after `scheme`. */
  readonly keys: readonly {
    readonly variable: string;
    readonly header: string;
    readonly scheme: string;
  }[];
}

/** What an agent's own program needs of the sandbox. */
export interface AgentNeeds {
  /** Hosts of its model, unless `model` leads to it. */
  readonly hosts: readonly string[];
  /** Its program, and what else of the person's its command line names. */
  readonly programs: readonly string[];
  /** Files to which the variables lead that the person passes on to it by name. */
  readonly files: readonly string[];
  readonly directories: readonly OwnDirectory[];
  readonly login?: Login;
  /** Absent where the agent has a login of another kind. */
  readonly model?: ModelAccess;
  /**
   * Requests that the agent makes by itself and does not need, which are therefore not shown: hosts, names in the
   * shared git directory, and path prefixes.
   */
  readonly spared: {
    readonly hosts: readonly string[];
    readonly git: readonly string[];
    readonly paths: readonly string[];
  };
}

export const NO_NEEDS: AgentNeeds = {
  ...{ hosts: [], programs: [], files: [], directories: [] },
  spared: { hosts: [], git: [], paths: [] },
};

/** Refused requests of a program that are not shown to the person. */
export interface Spared {
  /** The person's home, which is never opened whole. */
  readonly home: string;
  readonly hosts: readonly string[];
  /** Of files, and of what is beside or below them under the same name and more. */
  readonly paths: readonly string[];
}
