/** What an agent's own program needs of the sandbox. */
export interface AgentNeeds {
  /** Hosts of its model. */
  readonly hosts: readonly string[];
  /** Directories of its conversations and its login; made where they are missing. */
  readonly write: readonly string[];
  /** Files there and beside them that would run programs in the person's own sessions: never written. */
  readonly keep: readonly string[];
  /** The same for directories. They are created where they are missing, because agents start from what they find. */
  readonly keepDirectories: readonly string[];
  /** Files in kept directories that it won't start without; made empty where they are missing. */
  readonly found: readonly string[];
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
  ...{ hosts: [], write: [], keep: [], keepDirectories: [], found: [] },
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
