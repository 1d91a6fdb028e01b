/** The recommended concurrency, and the reason for it. */
export interface Recommendation {
  readonly value: number;
  readonly reason: string;
}

export interface Capacity {
  /** Issues that could be worked on at the same time. */
  readonly width: number;
  readonly memoryBytes: number;
  readonly cores: number;
  /** Pull requests that may wait for review. */
  readonly review: number;
  /** The value of `workers` in coppice.yaml. */
  readonly configured: number;
}

/** Memory that an agent needs with its build and tests, in bytes. */
const MEMORY_EACH = 1.5 * 1024 ** 3;

/** How many sessions a core can serve, because agents wait for their model most of the time. */
const SESSIONS_PER_CORE = 2;

/** Memory that everything else on the machine needs, in bytes. */
const MEMORY_KEPT = 1024 ** 3;

/**
 * The most that is recommended. In our experience, more sessions at once cause too many reviews and
 * conflicts. A person may choose more.
 */
export const MANY_WORKERS = 5;

/** Above this number a person must confirm with `--yes`. */
export const TOO_MANY_WORKERS = 10;

export function recommendConcurrency(capacity: Capacity): Recommendation {
  const { width, memoryBytes, cores, review, configured } = capacity;
  const limits: [limit: number, reason: string][] = [
    [
      width,
      width === 1
        ? 'one issue at a time can be worked on'
        : `${width} issues can be worked on at a time`,
    ],
    [
      Math.floor((memoryBytes - MEMORY_KEPT) / MEMORY_EACH),
      `this machine has ${Math.round(memoryBytes / 1024 ** 3)} GB of memory`,
    ],
    [cores * SESSIONS_PER_CORE, `this machine has ${cores} ${cores === 1 ? 'core' : 'cores'}`],
    [review, `${review} pull requests may wait for review`],
    [Math.min(configured, MANY_WORKERS), advice(configured)],
  ];
  const [limit, reason] = limits.reduce((least, next) => (next[0] < least[0] ? next : least));
  return { value: Math.max(1, limit), reason };
}

const advice = (configured: number): string =>
  configured > MANY_WORKERS
    ? `more than ${MANY_WORKERS} pile up reviews and conflicts, whatever coppice.yaml says`
    : '2 to 3 are a good start, 5 the most one person can review (workers: in coppice.yaml)';
