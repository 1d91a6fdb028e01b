/** Times that change at each look at a board and say nothing new. */
const TIMES = new Set(['asOf', 'lastHeartbeat']);

/** Leaves those times out of `JSON.stringify(board, withoutTimes)`, so that two boards can be compared. */
export const withoutTimes = (key: string, value: unknown): unknown =>
  TIMES.has(key) ? undefined : value;
