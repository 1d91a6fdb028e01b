import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { verify } from '../../scripts/demo/verify.ts';
import { createEnvironment } from '../support/environment.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const AUTHOR = {
  GIT_AUTHOR_NAME: 'me',
  GIT_AUTHOR_EMAIL: 'me@example.com',
  GIT_COMMITTER_NAME: 'me',
  GIT_COMMITTER_EMAIL: 'me@example.com',
};

test('the demo says of everything that is not as it should be what it is', async () => {
  const environment = await createEnvironment(temporaryDirectory('demo'));
  onTestFinished(() => environment.close());
  const { checkout, credentials, emulator, env } = environment;
  await execa({ cwd: checkout })`git worktree add --quiet -b issue-123 ../app-issue-123`;
  await writeFile(join(checkout, 'test/broken.test.js'), 'throw new Error();');
  const git = execa({ cwd: checkout, env: { ...credentials, ...AUTHOR } });
  await git`git add test`;
  await git`git commit --quiet --message ${'Break it'}`;
  await git`git push --quiet origin main`;
  await fetch(`${emulator.apiUrl}/repos/acme/app/pulls`, {
    method: 'POST',
    headers: { authorization: `Bearer ${env.GITHUB_TOKEN}` },
    body: JSON.stringify({ title: 1 }),
  });
  const straggler = spawn('cat', { env, stdio: ['pipe', 'ignore', 'ignore'] });
  await once(straggler, 'spawn');

  const result = { merged: [123], cancelled: [], notStarted: [] };
  const checks = await verify(environment, { result, fix: undefined, asked: undefined }, true);
  straggler.stdin.end();
  await once(straggler, 'exit');

  expect(checks.map(({ claim, problem }) => [claim, problem !== undefined])).toEqual([
    ['the plan puts #127 after #126, as its text says', true],
    ['a person approved every plan that had to be', true],
    ['a person was asked nothing else but what #124 asked', true],
    ['the run says that every issue was merged', true],
    ['five pull requests were merged, a dependent after its dependency', true],
    ['#127 stood on #126, and moved with the reviewer’s commit and the merge', true],
    ['#125 failed its first checks, was repaired, and passed', true],
    ['the requests on #123 were answered once each, and the bot’s was resolved', true],
    ['every issue is closed', true],
    ['the tests pass on main, in a fresh clone', true],
    ['no worktree and no branch is left', true],
    ['GitHub would have understood every request', true],
    ['no process is left', true],
  ]);
});
