import type { BoardSession } from './types.ts';

/** The issues whose sessions wait for an answer of a person, the one that has waited longest first. */
export const waitsForPerson = (sessions: readonly BoardSession[]): number[] =>
  sessions
    .filter(({ record }) => record.status === 'stuck' && record.attachedSince === null)
    .toSorted((a, b) => a.record.since.localeCompare(b.record.since))
    .map(({ record }) => record.issueNumber);
