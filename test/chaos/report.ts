import type { Evidence, Violation } from './checker/evidence.ts';
import type { ChaosOptions, Happened } from './run.ts';

/** Of these faults so many may have had no effect; with more of them a run proves nothing. */
const MAX_WITHOUT_EFFECT = 1 / 3;

/** How long it took until all was at work again, in seconds. */
interface Recovery {
  readonly kind: string;
  readonly times: number;
  readonly median: number;
  readonly worst: number;
}

export interface Figures {
  readonly seed: number;
  readonly issues: number;
  readonly faults: number;
  readonly withoutEffect: number;
  /** False when too many faults had no effect. */
  readonly isValid: boolean;
  readonly isGood: boolean;
  readonly violations: readonly Violation[];
  readonly recovery: readonly Recovery[];
  /** The command that runs it again. */
  readonly again: string;
}

interface Found {
  readonly options: Pick<ChaosOptions, 'seed' | 'issues' | 'faults' | 'only'>;
  readonly happened: readonly Happened[];
  readonly evidence: Evidence;
  readonly violations: readonly Violation[];
}

export function figuresOf({ options, happened, violations }: Found): Figures {
  const { seed, issues, faults, only } = options;
  const missed = happened.filter(({ effect }) => !effect.hit).length + faults - happened.length;
  const isValid = missed <= faults * MAX_WITHOUT_EFFECT;
  const kinds = only === '' ? '' : ` --only '${only}'`;
  return {
    ...{ seed, issues, faults, withoutEffect: missed, isValid, violations },
    isGood: isValid && violations.length === 0,
    recovery: recoveries(happened),
    again: `npm run chaos -- --issues ${issues} --faults ${faults} --seed ${seed}${kinds}`,
  };
}

function recoveries(happened: readonly Happened[]): Recovery[] {
  const byKind = Map.groupBy(happened, ({ kind }) => kind);
  return [...byKind].flatMap(([kind, faults]) => {
    const times = faults
      .flatMap(({ effect }) => (effect.recovery === null ? [] : [effect.recovery / 1_000]))
      .sort((one, other) => one - other);
    const [median, worst] = [times[Math.floor(times.length / 2)], times.at(-1)];
    return median === undefined || worst === undefined
      ? []
      : [{ kind, times: times.length, median, worst }];
  });
}

/** All of it in one line, and what is to be known of each violation below it. */
export function lineOf(figures: Figures, seconds: number, json: string): string {
  const { seed, issues, faults, withoutEffect, violations, recovery, isValid, again } = figures;
  const slowest = recovery.toSorted((one, other) => other.worst - one.worst)[0];
  const line = [
    `chaos: seed ${seed}, ${issues} issues, ${faults} faults (${withoutEffect} without effect)`,
    `${violations.length} violations`,
    ...(slowest ? [`slowest recovery ${slowest.worst.toFixed(1)} s (${slowest.kind})`] : []),
    `${seconds} s`,
    ...(isValid ? [] : ['INVALID: too many faults had no effect']),
  ].join(', ');
  if (violations.length === 0) return line;
  const found = violations.map(({ rule, text }) => `  ✗ ${rule}: ${text}`);
  return [line, ...found, `Everything is in ${json}. Again: ${again}`].join('\n');
}
