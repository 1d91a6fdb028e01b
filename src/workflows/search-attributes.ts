import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { SessionState } from '../domain/session/state.ts';

const REPO = defineSearchAttributeKey('CoppiceRepo', SearchAttributeType.KEYWORD);
const RUN = defineSearchAttributeKey('CoppiceRun', SearchAttributeType.KEYWORD);
const ISSUE = defineSearchAttributeKey('CoppiceIssue', SearchAttributeType.INT);
const STATUS = defineSearchAttributeKey('CoppiceStatus', SearchAttributeType.KEYWORD);

export const markRun = (repository: string, run: string): void =>
  upsertSearchAttributes([
    { key: REPO, value: repository },
    { key: RUN, value: run },
  ]);

export const markSession = ({ input, status }: SessionState): void =>
  upsertSearchAttributes([
    { key: REPO, value: input.repository },
    { key: RUN, value: input.run ?? null },
    { key: ISSUE, value: input.issue },
    { key: STATUS, value: status },
  ]);
