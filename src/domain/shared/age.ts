const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Time since an ISO 8601 moment, as people say it: `40s`, `45m`, `2h 5m`, `3d 4h`. */
export function age(since: string, now: Date): string {
  const elapsed = Math.max(0, Math.floor((now.getTime() - Date.parse(since)) / 1_000));
  if (!Number.isFinite(elapsed)) return 'unknown';
  if (elapsed < MINUTE) return `${elapsed}s`;
  if (elapsed < HOUR) return `${Math.floor(elapsed / MINUTE)}m`;
  if (elapsed < DAY) return two(elapsed, HOUR, 'h', MINUTE, 'm');
  return two(elapsed, DAY, 'd', HOUR, 'h');
}

function two(elapsed: number, big: number, bigUnit: string, small: number, unit: string): string {
  const rest = Math.floor((elapsed % big) / small);
  return `${Math.floor(elapsed / big)}${bigUnit}${rest > 0 ? ` ${rest}${unit}` : ''}`;
}
