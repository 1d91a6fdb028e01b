import { git } from './client.ts';
import { GitFailure } from './failure.ts';

/**
 * The committer of a rebase when the person has configured no identity. Authors are kept, but git still needs a
 * committer.
 */
const FALLBACK = {
  GIT_COMMITTER_NAME: 'Coppice',
  GIT_COMMITTER_EMAIL: 'coppice@localhost.invalid',
};

/** Environment for commands that make commits: nothing when the person has an identity configured. */
export async function committerIdentity(directory: string): Promise<Record<string, string>> {
  if (process.env.GIT_COMMITTER_NAME && process.env.GIT_COMMITTER_EMAIL) return {};
  const [name, email] = await Promise.all([
    configured(directory, 'name'),
    configured(directory, 'email'),
  ]);
  return name && email ? {} : FALLBACK;
}

async function configured(directory: string, key: 'name' | 'email'): Promise<boolean> {
  try {
    const pattern = `^(user|committer)\\.${key}$`;
    return (await git(directory, ['config', '--get-regexp', pattern])) !== '';
  } catch (error) {
    if (error instanceof GitFailure && error.exitCode === 1) return false;
    throw error;
  }
}
