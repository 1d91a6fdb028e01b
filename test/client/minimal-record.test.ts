import { expect, test } from 'vitest';
import { minimalRecord, withTitle } from '../../src/client/minimal-record.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';

const open = {
  ...{ workflowId: 'coppice/acme/app/issues/125', issue: 125, run: 'demo', title: 'Add dark mode' },
  ...{ startedAt: '2026-01-01T00:00:00Z', status: 'registered' as const },
};

test('a session that has not read its issue yet has the title that its run was told, and later its own', () => {
  const { record } = minimalRecord(RepositoryName.parse('acme/app'), { ...open, title: '' });
  expect(withTitle(record, open).issueTitle).toBe('Add dark mode');
  expect(withTitle({ ...record, issueTitle: 'Its own' }, open).issueTitle).toBe('Its own');
});
