/** What `git rebase --onto tip from old` needs. All but `onto` are commit ids. */
export interface Rebase {
  /** The tip of the branch that is rebased. */
  readonly old: string;
  /** The commit on which the branch is based. It is not rebased itself. */
  readonly from: string;
  /** The commit on which the branch shall be based. */
  readonly tip: string;
  /** The name of the branch from which `tip` is, for messages. */
  readonly onto: string;
}
