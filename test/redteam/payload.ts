/** What an attack tries. */
export interface Payload {
  readonly name: string;
  /** A shell script, run in the worktree; `$MARK` names the attack, variables.ts has the others. */
  readonly run?: string;
  /** What a real agent does with its own tool for files, where it has one; elsewhere it runs the script. */
  readonly file?: { readonly does: 'read' | 'write'; readonly path: string };
  /** Words that the agent uses wherever it says something. */
  readonly says?: string;
  /** Leaves something behind for whoever comes after the turn, and may spoil its session: it gets one of its own. */
  readonly trap?: true;
  /** Not defended, and why. */
  readonly open?: string;
  /** Belongs to the short form. */
  readonly short?: true;
}
