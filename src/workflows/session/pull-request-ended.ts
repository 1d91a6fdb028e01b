/** A person merged or closed the pull request while the session waited for an answer: there is nothing left to ask. */
export class PullRequestEnded extends Error {}
