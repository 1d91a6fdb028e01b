/**
 * What GitHub takes for an order to close an issue, in a pull request or in the message of a commit that is merged: a keyword,
 * and the issue
 * (https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue).
 */
export const CLOSING =
  /\b((?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\b:?\s+)((?:[\w.-]+\/[\w.-]+)?#\d+|GH-\d+|https?:\/\/\S+\/issues\/\d+)/gi;
