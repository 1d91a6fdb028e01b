import { afterAll, beforeAll, expect, test } from 'vitest';
import { orphanedSessions } from '../../src/client/orphaned-sessions.ts';
import { SHARED_TASK_QUEUE, sessionWorkflowId } from '../../src/domain/shared/identity.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { saveDetail, saveOwnership } from '../../src/state/session-store.ts';
import { detailQuery } from '../../src/workflows/messages.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import {
  startWorkflowEnvironment,
  type WorkflowEnvironment,
} from '../support/workflow-environment.ts';

const repository = RepositoryName.parse('acme/app');

let environment: WorkflowEnvironment;
beforeAll(async () => {
  environment = await startWorkflowEnvironment();
});
afterAll(() => environment.close());

test('a session that was terminated is found, one that runs is not', async () => {
  const { client, address } = environment;
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('left') });
  for (const issue of [1, 2]) {
    const workflowId = sessionWorkflowId(repository, issue);
    const handle = await client.workflow.start('issueWorkflow', {
      args: [{ repository, issue }],
      workflowId,
      taskQueue: SHARED_TASK_QUEUE,
    });
    await eventually(async () =>
      expect((await handle.query(detailQuery)).record.status).toBe('complete'),
    );
    const detail = await handle.query(detailQuery);
    const location = {
      ...{ repository, issue, hostId: 'here', checkout: '/person/app', remote: 'origin' },
      ...{ worktree: `/person/app-issue-${issue}`, branch: `issue-${issue}` },
    };
    const createdAt = new Date().toISOString();
    const base = { branch: 'main', tip: 'tip' };
    await saveOwnership(home, { workflowId, location, base, createdAt, ready: true });
    await saveDetail(home, detail, createdAt);
  }
  const server = { address, namespace: 'default', embedded: false, connectionOptions: { address } };
  await client.workflow.getHandle(sessionWorkflowId(repository, 1)).terminate();
  expect(await orphanedSessions({ client, server, home })).toEqual([
    { repository, issue: 1, worktree: '/person/app-issue-1' },
  ]);
});
