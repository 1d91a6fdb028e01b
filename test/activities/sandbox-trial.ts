import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { onTestFinished, vi } from 'vitest';
import { stringify } from 'yaml';
import { createAgentActivities } from '../../src/activities/agent/agent.ts';
import type { TurnInput } from '../../src/activities/agent/turn-types.ts';
import { asFailures } from '../../src/activities/failures/failures.ts';
import { prepareSessionSandbox } from '../../src/activities/sandbox.ts';
import type { TurnResult } from '../../src/domain/session/turn.ts';
import { AgentSettings } from '../../src/domain/settings/agent-settings.ts';
import { excludeOwnDirectory } from '../../src/git/worktree/exclude.ts';
import { inspectWork } from '../../src/git/worktree/work.ts';
import { members } from '../../src/process/members.ts';
import { stopAll } from '../../src/process/stop.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { saveOwnership } from '../../src/state/session-store.ts';
import { createRepository, run as git } from '../support/git-repository.ts';

/** An agent that is a shell script; what it wants to tell goes into the worktree, the only place it can write to. */
const PREAMBLE = `
mkdir -p .coppice
report() { cat >.coppice/outcome.json; }
done_() { echo '{"kind":"done","summary":"did it"}' | report; exit 0; }
work() { echo x >work.txt; git add -A && git -c user.name=A -c user.email=a@b commit -qm work; }
try() { if ( eval "$2" ) >>.coppice/output 2>&1; then echo "$1 yes"; else echo "$1 no"; fi >>.coppice/tried; }
echo "start $COPPICE_RESUME" >>.coppice/log
`;

let count = 0;

/**
 * A session's worktree in a real repository, another session beside it, and an agent that is a shell script.
 * @param config of the checkout's coppice.yaml
 * @param state Coppice's state directory, unless it is beside the repository
 */
export async function sandboxTrial(script: string, config: object = {}, state?: string) {
  const repository = createRepository({ 'README.md': '# app\n', '.vscode/settings.json': '{}\n' });
  const { root, checkout } = repository;
  const person = join(root, 'person');
  const home = coppiceHome({ COPPICE_HOME: state ?? join(root, 'state') });
  for (const directory of [join(person, '.ssh'), home.root])
    mkdirSync(directory, { recursive: true });
  writeFileSync(join(person, '.ssh/id'), 'private');
  writeFileSync(join(home.root, 'secret'), 'private');
  const { access, ...others } = { access: {}, ...config };
  const settings = { sandbox: 'auto', access: { registries: [], ...access }, ...others };
  writeFileSync(join(checkout, 'coppice.yaml'), stringify(settings));
  const [location, other] = [repository.location(124), repository.location(125)];
  await excludeOwnDirectory(checkout);
  const base = { branch: 'main', tip: git(checkout, 'rev-parse', 'HEAD') };
  for (const one of [location, other]) {
    git(checkout, 'worktree', 'add', '--quiet', '-b', one.branch, one.worktree);
    const workflowId = `coppice/acme/app/issues/${one.issue}`;
    const createdAt = new Date().toISOString();
    await saveOwnership(home, { workflowId, location: one, base, createdAt, ready: true });
  }
  writeFileSync(join(other.worktree, 'private'), 'private');
  writeFileSync(join(root, 'agent.sh'), PREAMBLE + script);
  const env = { ...process.env, HOME: person, ROOT: root, NODE: process.execPath };
  const input: TurnInput = {
    turnId: `acme.app.124.${process.pid}.${Date.now()}.${++count}`,
    kind: 'implement',
    location,
    base,
    targetBranch: 'main',
    agent: AgentSettings.parse({
      adapter: 'command',
      command: ['sh', join(root, 'agent.sh')],
      env: ['ROOT', 'NODE'],
    }),
    conversation: '11111111-1111-4111-8111-111111111111',
    resume: false,
    context: '',
    guidance: '',
    timeout: 120,
    idleTimeout: 120,
  };
  const activities = asFailures(
    createAgentActivities({
      home,
      env,
      readIssue: async (name, number) => ({ title: `Issue ${number} of ${name}`, body: 'Do it.' }),
      inspectWork,
      sandbox: (where, needs) => prepareSessionSandbox({ home, env }, where, needs),
    }),
  );
  const all = () => members({ COPPICE_TURN: input.turnId });
  onTestFinished(() => stopAll(all, 0));
  const own = (name: string) => join(location.worktree, '.coppice', name);
  const attempt = (name: string) => join(home.turns, input.turnId, 'attempt-1', name);
  return {
    ...{ input, location, other, checkout, root, home, person, env, members: all, attempt },
    read: (name: string) => (existsSync(own(name)) ? readFileSync(own(name), 'utf8').trim() : ''),
    allow: (name: string) => writeFileSync(own(name), ''),
    /** What `try` found out, by name. */
    tried: () =>
      Object.fromEntries(
        readFileSync(own('tried'), 'utf8')
          .trim()
          .split('\n')
          .map((line) => line.split(' ') as [string, string]),
      ),
    until: (condition: () => boolean) => vi.waitUntil(condition, { timeout: 60_000, interval: 10 }),
    start() {
      const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
      const result: Promise<TurnResult> = environment.run(activities.runTurn, input);
      return { result, cancel: environment.cancel };
    },
  };
}
