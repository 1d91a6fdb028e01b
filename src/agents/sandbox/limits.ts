import { totalmem } from 'node:os';
import type { Limits } from '../../domain/settings/sandbox.ts';

/** Limits for a program in the sandbox and all that it starts, in bytes where they are sizes. */
export interface ResourceLimits {
  readonly processes: number;
  readonly memory: number;
  readonly disk: number;
}

export const GB = 1_000_000_000;

/** The least that the default for memory allows, in bytes. */
const LEAST_MEMORY = 4 * GB;

export const resourceLimits = (
  { processes, memory, disk }: Limits,
  machine: number = totalmem(),
): ResourceLimits => ({
  processes,
  memory: memory === undefined ? Math.max(LEAST_MEMORY, machine / 2) : memory * GB,
  disk: disk * GB,
});

/** What a program and all that it started use at a moment. */
export interface Usage {
  readonly processes: number;
  /** In bytes. */
  readonly memory: number;
  /** The process that has most of the memory, other than the sandbox's own. */
  readonly largest?: { readonly pid: number; readonly name: string } | undefined;
}

/** What is done about it: nothing, or one process is ended, or all of them. */
export type Verdict =
  | { readonly end: 'nothing' }
  | { readonly end: 'largest' | 'all'; readonly limit: keyof ResourceLimits };

/** How many looks in a row a program may be beyond a limit before all of it is ended. */
const PATIENCE = 10;

/** The part of the processes that counts as all of them: the system itself refuses the rest. */
const NEARLY = 0.9;

/** Decides from one look to the next. It remembers for how long a limit was passed. */
export class Judge {
  private readonly limits: ResourceLimits;
  private crowded = 0;
  private large = 0;

  constructor(limits: ResourceLimits) {
    this.limits = limits;
  }

  judge({ processes, memory, largest }: Usage): Verdict {
    const { limits } = this;
    if (processes > limits.processes) return { end: 'all', limit: 'processes' };
    this.crowded = processes >= limits.processes * NEARLY ? this.crowded + 1 : 0;
    if (this.crowded >= PATIENCE) return { end: 'all', limit: 'processes' };
    this.large = memory > limits.memory ? this.large + 1 : 0;
    if (this.large === 0) return { end: 'nothing' };
    return { end: this.large >= PATIENCE || !largest ? 'all' : 'largest', limit: 'memory' };
  }

  /** Whether to look again soon. */
  isClose({ processes, memory }: Usage): boolean {
    const { limits } = this;
    return memory > limits.memory / 2 || processes > limits.processes / 4;
  }
}
