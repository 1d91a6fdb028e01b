/**
 * Returns a GitHub token. Call it for each use, because a person may log in or change the token at any time.
 * @throws Unauthorized
 */
export type TokenSource = () => Promise<string>;
