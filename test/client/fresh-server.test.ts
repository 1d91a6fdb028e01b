import { TestWorkflowEnvironment } from '@temporalio/testing';
import { expect, onTestFinished, test } from 'vitest';
import { openWorkflows } from '../../src/client/open-workflows.ts';
import { startRun } from '../../src/client/runs.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { findTemporalCli } from '../../src/temporal/cli.ts';
import { temporaryDirectory } from '../support/temporary.ts';

test('a run can be the first thing that a server of one’s own hears of Coppice', async () => {
  const path = await findTemporalCli({
    ...{ env: process.env, home: coppiceHome(), report: () => undefined },
  });
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path } },
  });
  onTestFinished(() => environment.teardown());
  const { client, address } = environment;
  const repository = RepositoryName.parse('acme/app');
  const server = { address, namespace: 'default', embedded: false, connectionOptions: { address } };
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('fresh') });
  const connected = { client, server, home };
  expect(await openWorkflows(connected, 'runWorkflow', repository)).toEqual([]);

  const issues = [{ issue: 1 }];
  const { workflowId } = await startRun(connected, { repository, name: 'first', issues });
  expect(await openWorkflows(connected, 'runWorkflow', repository)).toMatchObject([{ workflowId }]);
});
