import { appendFileSync } from 'node:fs';
import { type Emulator, startGitHubEmulator } from '../../support/github-emulator/index.ts';
import type { GitHubCall, GitHubSettings } from './github.ts';

/*
 * The emulator of GitHub in a process of its own, which no fault of Coppice's can touch. It does what it is told over the
 * channel to its parent, and writes every request, every act of a person and in the end its whole state to a log.
 */

const settings = JSON.parse(process.argv[2] ?? '') as GitHubSettings;
const { root, token, origin, from, issues, ci, repository } = settings;
const log = (entry: Readonly<Record<string, unknown>>): void =>
  appendFileSync(settings.log, `${JSON.stringify({ at: new Date().toISOString(), ...entry })}\n`);

const emulator = await startGitHubEmulator({
  ...{ root, token, origin },
  onRequest: (request) => log({ what: 'request', ...request }),
});
const [owner = '', name = ''] = repository.split('/');
await emulator.addRepository({ owner, name, from, ci });
for (const issue of issues) emulator.addIssue(repository, issue);
for (const login of settings.people) emulator.allow(repository, login, 'write');

/** All that a checker wants to know in the end. */
function writeState(): void {
  const pulls = emulator.pullRequests(repository);
  log({
    what: 'state',
    pulls,
    issues: emulator.issues(repository),
    comments: [...pulls, ...emulator.issues(repository)].flatMap(({ number }) =>
      emulator.comments(repository, number),
    ),
    threads: emulator.threads(repository),
    reviews: emulator.reviews(repository),
    violations: emulator.violations,
  });
}

async function obey({ method, args }: GitHubCall): Promise<unknown> {
  if (method === 'close') {
    await emulator.ciIdle();
    writeState();
    return emulator.close();
  }
  const act = emulator[method] as (...given: unknown[]) => unknown;
  const value = await act(...args);
  const isRead = ['pullRequests', 'comments', 'threads'].includes(method);
  if (!isRead) log({ what: 'act', method, args, value });
  return value;
}

process.on('message', async (call: GitHubCall) => {
  const answer = await obey(call).then(
    (value) => ({ value }),
    (error: unknown) => ({ error: String(error) }),
  );
  process.send?.({ id: call.id, ...answer });
  if (call.method === 'close') process.disconnect();
});
process.on('disconnect', () => process.exit());
process.send?.({ id: 0, value: emulator.apiUrl satisfies Emulator['apiUrl'] });
