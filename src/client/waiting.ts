import type { BoardSession } from './types.ts';

/** The issues whose sessions wait for a person's answer. The session that has waited longest comes first. */
export const waitsForPerson = (sessions: readonly BoardSession[]): number[] =>
  sessions
    .filter(({ record }) => record.status === 'stuck' && record.attachedSince === null)
    .toSorted((a, b) => a.record.since.localeCompare(b.record.since))
    .map(({ record }) => record.issueNumber);
