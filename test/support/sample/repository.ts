import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const APP = fileURLToPath(new URL('app', import.meta.url));

/** Whoever committed the sample; the date makes its commit the same everywhere. */
const ENVIRONMENT = {
  GIT_AUTHOR_NAME: 'Sample Author',
  GIT_AUTHOR_EMAIL: 'author@example.com',
  GIT_AUTHOR_DATE: '2025-01-08T10:30:00Z',
  GIT_COMMITTER_NAME: 'Sample Author',
  GIT_COMMITTER_EMAIL: 'author@example.com',
  GIT_COMMITTER_DATE: '2025-01-08T10:30:00Z',
  // The person's own settings (signing, hooks, line endings) must not change the sample.
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

/** Makes a git repository of the sample application in `directory`, which may be new: one commit on `main`. */
export async function createSampleRepository(directory: string): Promise<void> {
  await cp(APP, directory, { recursive: true });
  const git = execa({ cwd: directory, env: ENVIRONMENT });
  await git`git init --quiet --initial-branch main`;
  await git`git add --all`;
  await git`git commit --quiet --message ${'Sales reports behind a login'}`;
}
