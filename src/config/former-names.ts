import { type Document, isMap, isScalar } from 'yaml';

/** Keys that were renamed. A file with a former name still works. */
const RENAMED: readonly {
  readonly section: string;
  readonly former: string;
  readonly now: string;
}[] = [
  { section: 'pullRequests', former: 'quiet', now: 'debounce' },
  { section: 'pullRequests', former: 'standBack', now: 'yieldTo' },
  { section: 'policy', former: 'freshen', now: 'updateBranch' },
  { section: 'policy', former: 'stall', now: 'idleTimeout' },
  { section: 'policy', former: 'attempts', now: 'turnLimits' },
];

/** Gives keys their present names. Where a file has both names, the former one stays, and is reported as unknown. */
export function renameFormerKeys(document: Document): void {
  for (const { section, former, now } of RENAMED) {
    const map = document.get(section, true);
    if (!isMap(map) || map.has(now)) continue;
    for (const { key } of map.items) if (isScalar(key) && key.value === former) key.value = now;
  }
}

/** The present name of a key that was renamed. */
export const nameToday = (path: readonly string[], former: string): string | undefined =>
  RENAMED.find((one) => path.length === 1 && one.section === path[0] && one.former === former)?.now;
