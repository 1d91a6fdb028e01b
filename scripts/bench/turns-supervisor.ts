import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareSessionSandbox } from '../../src/activities/sandbox.ts';
import { ADAPTERS } from '../../src/agents/adapters/index.ts';
import type { Confine } from '../../src/agents/sandbox/confine.ts';
import { agentEnvironment } from '../../src/agents/turn/environment.ts';
import type { Turn, TurnPorts } from '../../src/agents/turn/ports.ts';
import { NOTHING_READ, readFurther } from '../../src/agents/turn/reading.ts';
import { driveTurn } from '../../src/agents/turn/turn.ts';
import type { SessionLocation } from '../../src/domain/session/session.ts';
import { AgentSettings } from '../../src/domain/settings/agent-settings.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { git } from '../../test/support/github-emulator/git.ts';
import { createSampleRepository } from '../../test/support/sample/repository.ts';
import { inRounds, type Row } from './clock.ts';
import { Pipe } from './started.ts';

/** Says that it has started, waits if it is told to, says that it ends, and ends. Before that it has said much. */
const AGENT = `
echo working
echo started >.coppice/started
if [ "$COPPICE_RESUME" = 1 ] || ! rm .coppice/wait 2>/dev/null; then
  echo '{"kind":"done","summary":"did it"}' >.coppice/outcome.json
  echo ends >.coppice/ends
  exit 0
fi
yes working | head -n 100000
echo said >.coppice/said
sleep 1000
`;

interface Stage {
  readonly location: SessionLocation;
  readonly home: ReturnType<typeof coppiceHome>;
  readonly settings: AgentSettings;
  readonly started: Pipe;
  readonly ends: Pipe;
  readonly said: Pipe;
  readonly argv: readonly string[];
}

/** From a turn's beginning, loss or watcher to what its agent says, beside the same program started directly. */
export async function throughSupervisor(
  root: string,
  rounds: number,
  sandboxed: boolean,
): Promise<Row[]> {
  const stage = await setStage(root);
  const confine = sandboxed
    ? await prepareSessionSandbox({ home: stage.home, env: process.env }, stage.location)
    : undefined;
  const samples = await inRounds(rounds, {
    [PROGRAM]: () => direct(stage, stage.argv),
    'start: from the turn to its agent': () => start(stage),
    'resume: from kill -9 of the turn to its next agent': () => resume(stage),
    'end: from the agent’s last act to the outcome': () => end(stage),
    [JOURNAL]: async () => readJournal(stage),
    're-attach: a new watcher knows what the agent does': () => reattach(stage),
    ...(confine && {
      [SANDBOX]: (round) => direct(stage, confine(own(stage, `direct-${round}`), stage.argv)),
      'start in the sandbox': () => start(stage, confine),
      'resume in the sandbox': () => resume(stage, confine),
    }),
  });
  return [...samples].map(([name, values]) => ({
    ...{ name, samples: values },
    ...(FLOORS[name] !== undefined && { floor: FLOORS[name] }),
  }));
}

const PROGRAM = 'the same program, started directly';
const JOURNAL = 'its journal, 100,000 lines, opened and read';
const SANDBOX = 'the same program, in the sandbox directly';

const FLOORS: Readonly<Record<string, string>> = {
  'start: from the turn to its agent': PROGRAM,
  'resume: from kill -9 of the turn to its next agent': PROGRAM,
  're-attach: a new watcher knows what the agent does': JOURNAL,
  [SANDBOX]: PROGRAM,
  'start in the sandbox': SANDBOX,
  'resume in the sandbox': SANDBOX,
};

async function setStage(root: string): Promise<Stage> {
  const checkout = join(root, 'app');
  const worktree = join(root, 'app-issue-1');
  const home = coppiceHome({ COPPICE_HOME: join(root, 'state') });
  mkdirSync(home.root);
  await createSampleRepository(checkout);
  await git(checkout, 'worktree', 'add', '--quiet', '-b', 'issue-1', worktree);
  mkdirSync(join(worktree, '.coppice'));
  const agent = join(root, 'agent.sh');
  writeFileSync(agent, AGENT);
  const pipe = (name: string) => new Pipe(join(worktree, '.coppice', name));
  return {
    location: {
      ...{ repository: RepositoryName.parse('acme/app'), issue: 1, hostId: 'here' },
      ...{ checkout, worktree, branch: 'issue-1', remote: 'origin' },
    },
    settings: AgentSettings.parse({ adapter: 'command', command: ['/bin/sh', agent] }),
    argv: ['/bin/sh', agent],
    ...{ home, started: pipe('started'), ends: pipe('ends'), said: pipe('said') },
  };
}

function own({ home }: Stage, name: string): string {
  const path = join(home.root, name);
  mkdirSync(path, { recursive: true });
  return path;
}

let count = 0;

function turnOf({ location, settings, home }: Stage, confine?: Confine) {
  const { worktree, checkout } = location;
  const turn: Turn = {
    ...{ id: `bench.${process.pid}.${++count}`, kind: 'implement', worktree, checkout, settings },
    ...{ conversation: 'bench', resume: false, timeout: 600, idleTimeout: 600 },
  };
  const ports: TurnPorts = {
    turns: home.turns,
    adapter: ADAPTERS.command,
    env: agentEnvironment(process.env, ADAPTERS.command, settings, 'origin'),
    ...(confine && { sandbox: async () => confine }),
    prompt: async () => 'Do it.',
    onProgress: () => undefined,
    signal: new AbortController().signal,
    grace: 10_000,
  };
  return { turn, ports };
}

function spawned({ location }: Stage, [program = '', ...args]: readonly string[]) {
  return spawn(program, args, { cwd: location.worktree, stdio: 'ignore', detached: true });
}

async function direct(stage: Stage, argv: readonly string[]): Promise<number> {
  const [started, ends] = [stage.started.next(), stage.ends.next()];
  const from = performance.now();
  const exit = once(spawned(stage, argv), 'exit');
  const took = (await started) - from;
  await ends;
  await exit;
  return took;
}

async function start(stage: Stage, confine?: Confine): Promise<number> {
  const { turn, ports } = turnOf(stage, confine);
  const [started, ends] = [stage.started.next(), stage.ends.next()];
  const from = performance.now();
  const ending = driveTurn(turn, ports);
  const took = (await started) - from;
  await ends;
  await ending;
  return took;
}

async function end(stage: Stage): Promise<number> {
  const { turn, ports } = turnOf(stage);
  const [, ends] = [stage.started.next(), stage.ends.next()];
  const ending = driveTurn(turn, ports);
  const from = await ends;
  await ending;
  return performance.now() - from;
}

/** An agent that has said much and waits; it is killed, and the next one ends. */
async function begun(stage: Stage, confine?: Confine) {
  const { turn, ports } = turnOf(stage, confine);
  writeFileSync(join(stage.location.worktree, '.coppice', 'wait'), '');
  const [started, said] = [stage.started.next(), stage.said.next()];
  const watcher = new AbortController();
  const ending = driveTurn(turn, { ...ports, signal: watcher.signal });
  await started;
  await said;
  return { turn, ports, ending, watcher };
}

const kill = ({ home }: Stage, { id }: Turn): void => {
  // The supervisor has a process group of its own, and everything it started is in it.
  const gate = readFileSync(join(home.turns, id, 'attempt-1', 'gate'), 'utf8');
  process.kill(-Number(gate), 'SIGKILL');
};

async function resume(stage: Stage, confine?: Confine): Promise<number> {
  const { turn, ending } = await begun(stage, confine);
  const [again, ends] = [stage.started.next(), stage.ends.next()];
  const from = performance.now();
  kill(stage, turn);
  const took = (await again) - from;
  await ends;
  await ending;
  return took;
}

async function reattach(stage: Stage): Promise<number> {
  const { turn, ports, ending, watcher } = await begun(stage);
  watcher.abort('superseded');
  await ending.catch(() => undefined);
  const known = Promise.withResolvers<number>();
  const onProgress: TurnPorts['onProgress'] = ({ activity }) => {
    if (activity === 'working') known.resolve(performance.now());
  };
  const from = performance.now();
  const next = driveTurn(turn, { ...ports, onProgress });
  const took = (await known.promise) - from;
  const [again, ends] = [stage.started.next(), stage.ends.next()];
  kill(stage, turn);
  await again;
  await ends;
  await next;
  return took;
}

const JOURNALLED = `${'working\n'.repeat(100_001)}`;

async function readJournal(stage: Stage): Promise<number> {
  const path = join(stage.home.root, 'journal');
  writeFileSync(path, JOURNALLED);
  const from = performance.now();
  readFurther(NOTHING_READ, readFileSync(path, 'utf8').split('\n'), ADAPTERS.command);
  return performance.now() - from;
}
