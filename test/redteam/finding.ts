/** An effect that the checker saw. */
export interface Finding {
  /** The attack that left it, where that is known. */
  readonly attack?: string | undefined;
  /** What was seen, and where. */
  readonly seen: string;
}
