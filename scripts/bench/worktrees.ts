import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createWorktree } from '../../src/activities/worktree/create-worktree.ts';
import { ADAPTERS } from '../../src/agents/adapters/index.ts';
import { agentEnvironment } from '../../src/agents/turn/environment.ts';
import { driveTurn } from '../../src/agents/turn/turn.ts';
import type { SessionLocation } from '../../src/domain/session/session.ts';
import { AgentSettings } from '../../src/domain/settings/agent-settings.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { addWorktree } from '../../src/git/worktree/worktrees.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { inRounds, report } from './clock.ts';
import { Pipe } from './started.ts';

const HELP = `How long a new worktree of a repository of 10,000 files (40 MB) takes, until its agent has said something:
npm run bench -- worktrees [--rounds 9] [--workmux PATH]

--workmux names a program workmux, which is measured then too; it needs tmux on PATH.`;

const FILES = 10_000;
const BYTES = 4_096;

/** Files that differ between a spare worktree and the base it is wanted for. */
const MOVED = 100;

const PLAIN = 'git worktree add';
const PARALLEL = `git worktree add, ${availableParallelism()} checkout workers`;
const OURS = 'Coppice: the worktree';
const AGENT = 'Coppice: from the command to the agent';
const SPARE = 'a spare worktree, taken: git worktree move, git switch -c';
const OLD_SPARE = `the same, ${MOVED} files behind the base`;
const WORKMUX = 'workmux add, to the agent';

export async function worktrees(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '9' },
      workmux: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(HELP);
  const { version } = process;
  const gitVersion = git('.', 'version').replace('git version ', '');
  console.log(
    `${cpus().length} cores (${cpus()[0]?.model}), git ${gitVersion}, Node ${version}; medians of ${values.rounds} rounds\n`,
  );
  const root = await realpath(await mkdtemp(join(tmpdir(), 'coppice-bench-')));
  try {
    const bench = new Bench(root);
    const samples = await inRounds(Number(values.rounds), {
      [PLAIN]: (round) => bench.plain(`plain-${round}`, []),
      [PARALLEL]: (round) => bench.plain(`parallel-${round}`, ['-c', 'checkout.workers=0']),
      [OURS]: () => bench.ours(),
      [AGENT]: () => bench.toAgent(),
      [SPARE]: (round) => bench.spare(`spare-${round}`, 'main'),
      [OLD_SPARE]: (round) => bench.spare(`old-${round}`, 'main~1'),
      ...(values.workmux && {
        [WORKMUX]: (round) => bench.workmux(values.workmux ?? '', `mux-${round}`),
      }),
    });
    const rows = [...samples].map(([name, values]) => ({
      ...{ name, samples: values },
      ...(name !== PLAIN && { floor: PLAIN }),
    }));
    console.log(report(rows));
    bench.close();
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

const git = (directory: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', ...args], {
    cwd: directory,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trimEnd();

class Bench {
  readonly #root: string;
  readonly #checkout: string;
  readonly #started: Pipe;
  readonly #home: ReturnType<typeof coppiceHome>;
  #issues = 0;

  constructor(root: string) {
    this.#root = root;
    this.#checkout = join(root, 'app');
    this.#home = coppiceHome({ COPPICE_HOME: join(root, 'state') });
    this.#started = new Pipe(join(root, 'started'));
    mkdirSync(this.#home.root);
    this.#makeRepository();
    // Says that it has started, and is done.
    writeFileSync(
      join(root, 'agent.sh'),
      `echo started >${this.#started.path}; [ ! -d .coppice ] || echo '{"kind":"done","summary":"x"}' >.coppice/outcome.json\n`,
    );
  }

  #makeRepository(): void {
    const remote = join(this.#root, 'remote.git');
    git(this.#root, 'init', '--quiet', '--bare', '--initial-branch=main', remote);
    git(this.#root, 'clone', '--quiet', remote, this.#checkout);
    const write = (count: number, text: string) => {
      for (let file = 0; file < count; file++) {
        const directory = join(this.#checkout, `part-${file % 100}`);
        mkdirSync(directory, { recursive: true });
        const line = `${text} ${file}\n`;
        writeFileSync(
          join(directory, `file-${file}.txt`),
          line.repeat(BYTES / line.length).padEnd(BYTES, '\n'),
        );
      }
      git(this.#checkout, 'add', '--all');
      git(this.#checkout, 'commit', '--quiet', '--message', text);
    };
    write(FILES, 'line');
    write(MOVED, 'another line');
    git(this.#checkout, 'push', '--quiet', 'origin', 'HEAD:main');
    writeFileSync(join(this.#checkout, 'coppice.yaml'), 'sandbox: off\n');
  }

  async plain(name: string, config: readonly string[]): Promise<number> {
    const path = join(this.#root, name);
    const from = performance.now();
    git(this.#checkout, ...config, 'worktree', 'add', '--quiet', '--no-track', '-b', name, path);
    const took = performance.now() - from;
    this.#remove(path);
    return took;
  }

  async ours(): Promise<number> {
    const location = this.#location();
    const tip = git(this.#checkout, 'rev-parse', 'HEAD');
    const from = performance.now();
    await addWorktree(location, { tip });
    const took = performance.now() - from;
    this.#remove(location.worktree);
    return took;
  }

  /** Looks for others' branches, fetches the base, makes the worktree, and starts its first turn. */
  async toAgent(): Promise<number> {
    const location = this.#location();
    const { worktree, checkout } = location;
    const settings = AgentSettings.parse({
      adapter: 'command',
      command: ['/bin/sh', join(this.#root, 'agent.sh')],
    });
    const tokens = async (): Promise<string> => '';
    const heard = this.#started.next();
    const from = performance.now();
    await createWorktree(
      { home: this.#home, tokens },
      { location, workflowId: `bench/${location.issue}`, from: 'main' },
      new AbortController().signal,
    );
    const ending = driveTurn(
      {
        ...{ id: `bench.${process.pid}.${location.issue}`, kind: 'implement', worktree, checkout },
        ...{ settings, conversation: 'bench', resume: false, timeout: 600, idleTimeout: 600 },
      },
      {
        ...{ turns: this.#home.turns, adapter: ADAPTERS.command, grace: 10_000 },
        env: agentEnvironment(process.env, ADAPTERS.command, settings, 'origin'),
        prompt: async () => 'Do it.',
        onProgress: () => undefined,
        signal: new AbortController().signal,
      },
    );
    const took = (await heard) - from;
    await ending;
    this.#remove(worktree);
    return took;
  }

  /** What taking a worktree that was made before costs, when `base` was the newest then. */
  async spare(name: string, base: string): Promise<number> {
    const [spare, path] = [join(this.#root, 'ready'), join(this.#root, name)];
    git(this.#checkout, 'worktree', 'add', '--quiet', '--detach', spare, base);
    const from = performance.now();
    git(this.#checkout, 'worktree', 'move', spare, path);
    git(path, 'switch', '--quiet', '--no-track', '-c', name, 'main');
    const took = performance.now() - from;
    this.#remove(path);
    return took;
  }

  async workmux(program: string, name: string): Promise<number> {
    writeFileSync(
      join(this.#checkout, '.workmux.yaml'),
      `nerdfont: false\npanes:\n  - command: sh ${join(this.#root, 'agent.sh')}\n    focus: true\n`,
    );
    this.#tmux('has-session', '-t', 'bench').status === 0 ||
      this.#tmux('new-session', '-d', '-s', 'bench', '-c', this.#checkout);
    const command = `${program} add --background ${name} >${join(this.#root, 'workmux.log')} 2>&1`;
    const heard = this.#started.next();
    const from = performance.now();
    this.#tmux('send-keys', '-t', 'bench:0', command, 'Enter');
    const took = (await heard) - from;
    this.#tmux('kill-window', '-t', `bench:wm-${name}`);
    const path = git(this.#checkout, 'worktree', 'list', '--porcelain')
      .split('\n')
      .find((line) => line.startsWith('worktree ') && line.endsWith(`/${name}`));
    if (path) this.#remove(path.slice('worktree '.length));
    return took;
  }

  close(): void {
    this.#tmux('kill-server');
  }

  #tmux(...args: string[]) {
    return spawnSync('tmux', ['-L', `coppice-bench-${process.pid}`, ...args], {
      stdio: 'ignore',
      // With a home of its own, workmux asks nothing about agents it finds.
      env: { ...process.env, HOME: this.#root },
    });
  }

  #location(): SessionLocation {
    const issue = ++this.#issues;
    return {
      ...{ repository: RepositoryName.parse('acme/app'), issue, hostId: 'here' },
      ...{ checkout: this.#checkout, branch: `issue-${issue}`, remote: 'origin' },
      worktree: join(this.#root, `app-issue-${issue}`),
    };
  }

  #remove(path: string): void {
    git(this.#checkout, 'worktree', 'remove', '--force', path);
  }
}
