import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { expect, test } from 'vitest';
import { runWorkflowId, sessionWorkflowId } from '../../src/domain/shared/identity.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { workflowCode } from '../../src/worker/workflow-code.ts';

Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: 'OFF' } },
});

const directory = new URL('./histories/', import.meta.url);
const names = readdirSync(directory).map((file) => file.replace('.json', ''));
const repository = RepositoryName.parse('acme/app');
/** A workflow refuses every other id. */
const idOf = (name: string): string =>
  name === 'run'
    ? runWorkflowId(repository, 'recorded')
    : sessionWorkflowId(repository, Number(name.replace('issue-', '')));
const history = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`${name}.json`, directory), 'utf8'));

test('there are histories of a run and of sessions', () => {
  expect(names).toContain('run');
  expect(names.filter((name) => name.startsWith('issue-')).length).toBeGreaterThanOrEqual(5);
});

test.each(names)('the workflows of today replay the history of %s', async (name) => {
  const options = { workflowBundle: await workflowCode() };
  await Worker.runReplayHistory(options, history(name), idOf(name));
});

test.each(['run', 'issue-124'])(
  'a workflow that no longer does what the history of %s says is caught',
  async (name) => {
    const broken = await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('./broken-workflows.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    });
    await expect(
      Worker.runReplayHistory({ workflowBundle: broken }, history(name), idOf(name)),
    ).rejects.toBeInstanceOf(DeterminismViolationError);
  },
);
