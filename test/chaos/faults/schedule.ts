import { createRandom, type Random } from '../random.ts';
import { POINTS } from './points.ts';
import type { Trouble, Which } from './proxy.ts';

/** A process that a fault kills or stops for a while. */
const VICTIMS = ['worker', 'temporal', 'service', 'supervisor', 'agent'] as const;
export type Victim = (typeof VICTIMS)[number];

interface Planned {
  readonly index: number;
  /** Milliseconds of peace before it. */
  readonly pause: number;
}

/** One thing that goes wrong. Times are in milliseconds. */
export type Fault = Planned &
  (
    | { readonly do: 'kill'; readonly what: Victim; readonly pick: number }
    | { readonly do: 'stop'; readonly what: Victim; readonly pick: number; readonly for: number }
    /** Every process at once; then `coppice up`. With `cut`, the last files written lose their ends. */
    | { readonly do: 'machine'; readonly cut: boolean }
    | { readonly do: 'network'; readonly for: number }
    | {
        readonly do: 'request';
        readonly trouble: Trouble;
        readonly which: Which;
        readonly times: number;
      }
    | { readonly do: 'temporary' }
    /** A process is stopped at a point of its work; then this happens. */
    | {
        readonly do: 'point';
        readonly point: string;
        readonly then: 'kill' | 'machine' | 'temporal' | 'network';
        readonly for: number;
      }
  );

/** How a fault is named in figures: faults of one name are of one kind. */
export function kindOf(fault: Fault): string {
  switch (fault.do) {
    case 'kill':
    case 'stop':
      return `${fault.do} ${fault.what}`;
    case 'machine':
      return fault.cut ? 'machine, last files cut' : 'machine';
    case 'network':
      return 'network cut';
    case 'request':
      return `request ${fault.trouble}`;
    case 'temporary':
      return 'TMPDIR removed';
    case 'point':
      return `at a point: ${fault.then}`;
  }
}

type Maker = (random: Random, planned: Planned) => Fault;

const killed =
  (what: Victim): Maker =>
  (random, planned) => ({
    ...planned,
    ...{ do: 'kill', what, pick: random.next() },
  });

const stopped =
  (what: Victim): Maker =>
  (random, planned) => ({
    ...planned,
    ...{ do: 'stop', what, pick: random.next(), for: random.between(500, 8_000) },
  });

const troubled =
  (trouble: Trouble): Maker =>
  (random, planned) => ({
    ...planned,
    ...{ do: 'request', trouble, times: random.between(1, 3) },
    which: random.pick<Which>(['any', 'write', 'git']),
  });

const atPoint =
  (then: 'kill' | 'machine' | 'temporal' | 'network'): Maker =>
  (random, planned) => ({
    ...planned,
    ...{ do: 'point', point: random.pick(POINTS), then, for: random.between(500, 4_000) },
  });

/** Every kind, as often as it is to come among others. */
const MAKERS: readonly Maker[] = [
  ...VICTIMS.map(killed),
  killed('worker'),
  ...VICTIMS.map(stopped),
  (_, planned) => ({ ...planned, do: 'machine', cut: false }),
  (_, planned) => ({ ...planned, do: 'machine', cut: true }),
  (random, planned) => ({ ...planned, do: 'network', for: random.between(1_000, 8_000) }),
  ...([403, 429, 500, 502] as const).map(troubled),
  ...(['reset', 'lose', 'late', 'delay', 'truncate'] as const).map(troubled),
  troubled('lose'),
  (_, planned) => ({ ...planned, do: 'temporary' }),
  ...(['kill', 'kill', 'kill', 'machine', 'temporal', 'network'] as const).map(atPoint),
];

/**
 * The faults of a seed, in their order. All kinds come before any comes again.
 * @param only how the kinds begin that are wanted; all when empty
 */
export function scheduleOf(seed: number, count: number, only = ''): Fault[] {
  const random = createRandom(seed);
  const faults: Fault[] = [];
  let left: Maker[] = [];
  while (faults.length < count) {
    if (left.length === 0) left = wanted(only);
    const maker = random.pick(left);
    left.splice(left.indexOf(maker), 1);
    const planned = { index: faults.length, pause: random.between(200, 2_500) };
    faults.push(maker(random, planned));
  }
  return faults;
}

/** @throws RangeError when no kind begins so */
function wanted(only: string): Maker[] {
  const trial = createRandom(0);
  const makers = MAKERS.filter((maker) =>
    kindOf(maker(trial, { index: 0, pause: 0 })).startsWith(only),
  );
  if (makers.length === 0) throw new RangeError(`no kind of fault begins with ${only}`);
  return makers;
}
