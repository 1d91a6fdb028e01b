/** Gives a GitHub token. Ask for each use: a person may log in, or change it, at any time. @throws Unauthorized */
export type TokenSource = () => Promise<string>;
