/** What an agent's own program needs of the sandbox. */
export interface AgentNeeds {
  /** Hosts of its model. */
  readonly hosts: readonly string[];
  /** Directories of its conversations and its login; made where they are missing. */
  readonly write: readonly string[];
  /** Files there and beside them that would run programs in the person's own sessions: never written. */
  readonly keep: readonly string[];
  /** The same, directories: made where they are missing, since agents start from what they find. */
  readonly keepDirectories: readonly string[];
  /** Files in kept directories that it won't start without; made empty where they are missing. */
  readonly found: readonly string[];
  /**
   * What it tries by itself and does without: hosts, names in the git directory that all worktrees share, and paths, each with
   * all that begin with it.
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

/** What a program is refused without a word to the person. */
export interface Spared {
  /** The person's home, which is never opened whole. */
  readonly home: string;
  readonly hosts: readonly string[];
  /** Of files, and of what is beside or below them under the same name and more. */
  readonly paths: readonly string[];
}
