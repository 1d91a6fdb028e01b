/** What was measured in some rounds, in milliseconds. */
export type Samples = readonly number[];

/** A way to the same end, and what it took. */
export interface Row {
  readonly name: string;
  readonly samples: Samples;
  /** The least it could take: the row, measured in the same rounds, that does only what can't be left out. */
  readonly floor?: string;
}

/** Runs each way once in each round, one after another, so that whatever else the machine does hits all of them. */
export async function inRounds(
  rounds: number,
  ways: Readonly<Record<string, (round: number) => Promise<number>>>,
): Promise<Map<string, number[]>> {
  const samples = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [name, way] of Object.entries(ways)) samples.get(name)?.push(await way(round));
  return samples;
}

/** The value below which this part of the samples lies. */
export function quantile(samples: Samples, part: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

export const median = (samples: Samples): number => quantile(samples, 0.5);

/** A table in Markdown: medians, the middle eight tenths, and each row against its floor. */
export function report(rows: readonly Row[]): string {
  const all = new Map(rows.map(({ name, samples }) => [name, samples]));
  const lines = rows.map(({ name, samples, floor }) => {
    const least = floor === undefined ? undefined : all.get(floor);
    const spread = `${shown(quantile(samples, 0.1))}–${shown(quantile(samples, 0.9))}`;
    const against = least
      ? `${(median(samples) / median(least)).toFixed(1)} × (+ ${shown(median(samples) - median(least))} ms) ${floor}`
      : '';
    return `| ${name} | ${shown(median(samples))} | ${spread} | ${against} |`;
  });
  return ['| | median, ms | 10–90 %, ms | against |', '| --- | --: | --: | --- |', ...lines].join(
    '\n',
  );
}

const shown = (milliseconds: number): string =>
  milliseconds.toFixed(Math.abs(milliseconds) < 10 ? 1 : 0);
