/** What a comment outside of threads has of a place in the code, never edited; for a `FeedbackItem`. */
export const PLACELESS = {
  ...{ path: null, line: null, startLine: null, outdated: false, hunk: '', thread: null },
  edited: null,
} as const;
