import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { ADAPTERS } from '../../src/agents/adapters/index.ts';
import { agentEnvironment } from '../../src/agents/turn/environment.ts';
import type { Turn, TurnEnding, TurnPorts } from '../../src/agents/turn/ports.ts';
import { driveTurn } from '../../src/agents/turn/turn.ts';
import { AgentSettings } from '../../src/domain/settings/agent-settings.ts';
import { members } from '../../src/process/members.ts';
import { stopAll } from '../../src/process/stop.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Every agent here notes its start and end in `log`, and says `clash` when another of its turn is alive. */
const PREAMBLE = `
report() { mkdir -p .coppice; cat >.coppice/outcome.json; }
done_() { echo '{"kind":"done","summary":"did it"}' | report; echo "end $$" >>"$AGENT_DIR/log"; exit 0; }
until_() { while [ ! -e "$AGENT_DIR/$1" ]; do sleep 0.02; done; }
other=$(cat "$AGENT_DIR/lock" 2>/dev/null)
[ -n "$other" ] && [ -s "/proc/$other/cmdline" ] && grep -q . "/proc/$other/cmdline" && echo "clash $$" >>"$AGENT_DIR/log"
echo $$ >"$AGENT_DIR/lock"
echo "start $$ $COPPICE_RESUME" >>"$AGENT_DIR/log"
`;

export interface Start {
  readonly pid: number;
  readonly resumed: boolean;
}

let count = 0;

/** A turn of an agent that is a shell script, in a directory of its own; whatever it leaves running is stopped. */
export class Trial {
  readonly worktree: string;
  readonly directory: string;
  readonly turns: string;
  readonly turn: Turn;

  /** `beside` is another turn, whose worktree, files and agents' log this one shares. */
  constructor(script: string, changes: Partial<Turn> = {}, beside?: Trial) {
    this.worktree = beside?.worktree ?? temporaryDirectory('worktree');
    this.directory = beside?.directory ?? temporaryDirectory('trial');
    this.turns = join(this.directory, 'turns');
    const path = join(this.directory, `agent-${++count}.sh`);
    writeFileSync(path, PREAMBLE + script);
    mkdirSync(join(this.worktree, '.coppice'), { recursive: true });
    this.turn = {
      id: `trial.${process.pid}.${Date.now()}.${count}`,
      kind: 'implement',
      worktree: this.worktree,
      checkout: this.worktree,
      git: { common: `${this.worktree}/.git`, own: `${this.worktree}/.git` },
      settings: AgentSettings.parse({ adapter: 'command', command: ['sh', path] }),
      conversation: '11111111-1111-4111-8111-111111111111',
      resume: false,
      timeout: 60,
      idleTimeout: 60,
      ...changes,
    };
    onTestFinished(() => stopAll(() => this.members(), 0));
  }

  ports(changes: Partial<TurnPorts> = {}): TurnPorts {
    const adapter = ADAPTERS[this.turn.settings.adapter];
    const settings = { env: ['AGENT_DIR'] };
    const env = { ...process.env, AGENT_DIR: this.directory };
    return {
      turns: this.turns,
      adapter,
      env: agentEnvironment(env, adapter, settings, 'origin'),
      prompt: async (again) => (again ? 'go on' : 'begin'),
      onProgress: () => {},
      signal: new AbortController().signal,
      grace: 10_000,
      ...changes,
    };
  }

  run(changes: Partial<TurnPorts> = {}): Promise<TurnEnding> {
    return driveTurn(this.turn, this.ports(changes));
  }

  /** Runs the turn in a Node process of its own, which can be killed. */
  runElsewhere() {
    const { signal: _, prompt: __, onProgress: ___, adapter: ____, ...ports } = this.ports();
    const main = join(import.meta.dirname, 'watcher.ts');
    const child = spawn(process.execPath, [main, JSON.stringify({ turn: this.turn, ports })], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  }

  members() {
    return members({ COPPICE_TURN: this.turn.id });
  }

  allow(step: string): void {
    writeFileSync(join(this.directory, step), '');
  }

  log(): string[] {
    const path = join(this.directory, 'log');
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  }

  starts(): Start[] {
    return this.log()
      .filter((line) => line.startsWith('start'))
      .map((line) => line.split(' '))
      .map(([, pid, resumed]) => ({ pid: Number(pid), resumed: resumed === '1' }));
  }

  /** Waits for the agent's n-th start. */
  async started(n: number): Promise<Start> {
    await until(() => this.starts().length >= n);
    return this.starts()[n - 1] as Start;
  }

  file(attempt: number, name: string): string {
    return join(this.turns, this.turn.id, `attempt-${attempt}`, name);
  }

  attemptFile(attempt: number, name: string): string {
    return readFileSync(this.file(attempt, name), 'utf8');
  }

  supervisor(attempt: number): number {
    return Number(this.attemptFile(attempt, 'gate'));
  }
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}
