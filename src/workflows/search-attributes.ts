import {
  defineSearchAttributeKey,
  type SearchAttributePair,
  SearchAttributeType,
} from '@temporalio/common';
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { SessionInput } from '../domain/session/session.ts';
import type { SessionStatus } from '../domain/session/status.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';

const REPO = defineSearchAttributeKey('CoppiceRepo', SearchAttributeType.KEYWORD);
const RUN = defineSearchAttributeKey('CoppiceRun', SearchAttributeType.KEYWORD);
const ISSUE = defineSearchAttributeKey('CoppiceIssue', SearchAttributeType.INT);
const STATUS = defineSearchAttributeKey('CoppiceStatus', SearchAttributeType.KEYWORD);

/** The search attributes of a run, which are set at its start. */
export const runAttributes = (repository: RepositoryName, run: string): SearchAttributePair[] => [
  { key: REPO, value: repository },
  { key: RUN, value: run },
];

/** The search attributes of a session. Only the status changes. */
export const sessionAttributes = (
  { repository, run, issue }: Pick<SessionInput, 'repository' | 'run' | 'issue'>,
  status: SessionStatus,
): SearchAttributePair[] => [
  { key: REPO, value: repository },
  ...(run === undefined ? [] : [{ key: RUN, value: run }]),
  { key: ISSUE, value: issue },
  { key: STATUS, value: status },
];

/** Sets the attributes whose values have changed. */
export function setAttributes(wanted: readonly SearchAttributePair[]): void {
  const known = workflowInfo().typedSearchAttributes;
  const changed = wanted.filter(({ key, value }) => known.get(key) !== value);
  if (changed.length > 0) upsertSearchAttributes(changed);
}
