export interface Rebase {
  /** The branch's tip. */
  readonly old: string;
  /** The commit it stands on. */
  readonly from: string;
  /** The commit it shall stand on, and the branch that is from. */
  readonly tip: string;
  readonly onto: string;
}
