import { readFileSync } from 'node:fs';
import { defineQuery } from '@temporalio/workflow';
import { expect, test } from 'vitest';
import { runWorkflowId, SHARED_TASK_QUEUE } from '../../src/domain/shared/identity.ts';
import { pauseUpdate, resumeUpdate, statusQuery } from '../../src/workflows/messages.ts';
import type { runWorkflow } from '../../src/workflows/run/workflow.ts';
import { eventually } from '../support/eventually.ts';
import {
  environmentOfTests,
  REPOSITORY,
  startSession,
  until,
} from '../support/workflow-session.ts';

interface Definition {
  readonly name: string;
  readonly description?: string;
}

/** What Temporal's Web UI and `temporal workflow metadata` ask a workflow. */
const metadataQuery = defineQuery<{
  readonly definition: Readonly<
    Record<'queryDefinitions' | 'signalDefinitions' | 'updateDefinitions', Definition[]>
  >;
}>('__temporal_workflow_metadata');

const environment = await environmentOfTests();

test('each message says what it does, and the page about Temporal’s CLI names it', async () => {
  const issue = 401;
  environment.world.script(issue, { kind: 'stuck', decision: '?', options: [], context: '' });
  const run = await environment.client.workflow.start<typeof runWorkflow>('runWorkflow', {
    args: [{ repository: REPOSITORY, name: 'messages', issues: [{ issue: 402 }] }],
    workflowId: runWorkflowId(REPOSITORY, 'messages'),
    taskQueue: SHARED_TASK_QUEUE,
  });
  const session = await startSession(environment, issue);
  const page = readFileSync(new URL('../../docs/temporal-cli.md', import.meta.url), 'utf8');
  for (const handle of [run, session]) {
    const { definition } = await handle.query(metadataQuery);
    const { queryDefinitions, signalDefinitions, updateDefinitions } = definition;
    const ours = [...queryDefinitions, ...signalDefinitions, ...updateDefinitions].filter(
      ({ name }) => !name.startsWith('__'),
    );
    expect(ours.length).toBeGreaterThan(6);
    for (const { name, description } of ours) {
      expect(description ?? '', name).toMatch(/^[A-Z].*\.$/);
      expect(page).toContain(`\`${name}\``);
    }
  }
  await session.cancel();
  await run.cancel();
});

test('a session pauses and resumes by the same updates as a run', async () => {
  const issue = 403;
  environment.world.script(issue, { kind: 'stuck', decision: '?', options: [], context: '' });
  const session = await startSession(environment, issue);
  await until(session, 'stuck');
  await session.executeUpdate(pauseUpdate);
  await session.signal('guidance', 'go on');
  await eventually(async () =>
    expect((await session.query(statusQuery)).activity).toBe('paused by a person'),
  );
  await session.executeUpdate(resumeUpdate);
  await until(session, 'complete');
});
