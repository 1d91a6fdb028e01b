import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runForReal } from '../support/cli.ts';
import { git } from '../support/github-emulator/git.ts';
import { ACME, commitFile, type Fixture, githubFixture, TOKEN } from '../support/github-fixture.ts';
import { temporaryDirectory } from '../support/temporary.ts';

export const TEXT = 'Long enough to be worked on. Done when its test passes.';

/** A repository with some code, in `acme/app`, and a person's checkout of it. */
export async function project() {
  const fixture = await githubFixture();
  const { clone, emulator } = fixture;
  writeFileSync(join(clone, 'coppice.yaml'), 'repository: acme/app\n');
  await git(clone, 'checkout', '--quiet', 'main');
  for (const file of ['auth-service.ts', 'report-view.ts', 'theme.ts'])
    await commitFile(clone, file);
  await git(clone, 'push', '--quiet', 'origin', 'main');
  const home = temporaryDirectory('home');
  const env = {
    ...{ COPPICE_HOME: home, COPPICE_CACHE: join(home, 'cache') },
    ...{ GITHUB_API_URL: emulator.apiUrl, GITHUB_TOKEN: TOKEN },
  };
  const plan = (...args: string[]) => runForReal(['plan', ...args], { cwd: clone, env });
  return { ...fixture, env, plan, file: join(clone, 'plan.yaml') };
}

export const add = (
  { emulator }: Fixture,
  ...issues: Parameters<Fixture['emulator']['addIssue']>[1][]
) => issues.map((issue) => emulator.addIssue(ACME, { body: TEXT, ...issue }));
