import type { SessionRecord } from '../../domain/session/session.ts';
import type { SessionStatus } from '../../domain/session/status.ts';

/** The six states, in the order of a session's life, with the heading of each lane. */
export const LANES: readonly (readonly [SessionStatus, string])[] = [
  ['registered', 'Registered'],
  ['planning', 'Planning'],
  ['working', 'Working'],
  ['stuck', 'Stuck'],
  ['complete', 'Pull request'],
  ['cancelled', 'Cancelled'],
];

/** `+42 −5 · $0.31` */
export function figures({ diff, costUsd }: SessionRecord): string {
  const changed = diff === null ? [] : [`+${diff.insertions} −${diff.deletions}`];
  const cost = costUsd > 0 ? [`$${costUsd.toFixed(2)}`] : [];
  return [...changed, ...cost].join(' · ');
}

/** Addresses come from GitHub or a person's own server; no other scheme becomes a link. */
export const isWebAddress = (url: string | null | undefined): url is string =>
  url != null && /^https?:\/\//.test(url);
