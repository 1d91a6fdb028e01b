/**
 * Thrown when a person merged or closed the pull request while the session waited for an answer. Then there
 * is nothing left to ask.
 */
export class PullRequestEnded extends Error {}
