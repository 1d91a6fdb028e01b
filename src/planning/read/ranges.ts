const RANGES = /^#?\d+(-#?\d+)?(,#?\d+(-#?\d+)?)*,?$/;

/** The most issues that one range may name. */
const MOST = 500;

/** Issues as a person names several: `124-127` and `124,126` become one text for each issue; any other text stays as it is. */
export const expandRanges = (texts: readonly string[]): string[] =>
  texts.flatMap((text) => (RANGES.test(text) ? text.split(',').flatMap(expand) : text));

/** A range that runs backwards, or is very long, is left to be refused as it is. */
function expand(part: string): string[] {
  const [from, to] = part.split('-').map((one) => Number(one.replace('#', '')));
  if (part === '') return [];
  if (from === undefined || to === undefined) return [part];
  if (to < from || to - from >= MOST) return [part];
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
}
