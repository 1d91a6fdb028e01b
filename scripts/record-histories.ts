import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { execa } from 'execa';
import { withDefaults } from '../src/domain/session/options.ts';
import {
  runWorkflowId,
  SHARED_TASK_QUEUE,
  sessionWorkflowId,
} from '../src/domain/shared/identity.ts';
import { RepositoryName } from '../src/domain/shared/repository.ts';
import {
  guidanceSignal,
  reportPullRequestSignal,
  runStatusQuery,
  statusQuery,
} from '../src/workflows/messages.ts';
import { startWorkflowEnvironment } from '../test/support/workflow-environment.ts';

/**
 * Records the histories that test/replay replays: one run in which everything the workflows can do happens once. After
 * release 0.1.0 a history is added for a change, never replaced.
 */
const directory = fileURLToPath(new URL('../test/replay/histories/', import.meta.url));
const repository = RepositoryName.parse('acme/app');

const { client, world, address, temporal, close } = await startWorkflowEnvironment();
const session = (issue: number): WorkflowHandle =>
  client.workflow.getHandle(sessionWorkflowId(repository, issue));

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}

world.script(124, {
  kind: 'stuck',
  decision: 'Token refresh approach',
  options: withDefaults(['sliding expiration', 'fixed expiration']),
  context: 'User tokens expire after 1 hour',
});
const idle = { outcome: { kind: 'done', summary: 'nothing to do' }, work: { commits: 0 } } as const;
world.script(125, idle);
const run = await client.workflow.start('runWorkflow', {
  args: [
    {
      repository,
      name: 'recorded',
      concurrency: 3,
      issues: [
        { issue: 123, caution: 'sensitive area' },
        { issue: 124 },
        { issue: 125 },
        { issue: 126 },
        { issue: 127, after: [126] },
        { issue: 128 },
      ],
    },
  ],
  workflowId: runWorkflowId(repository, 'recorded'),
  taskQueue: SHARED_TASK_QUEUE,
});
const sessionsAre = (expected: Record<number, string>) =>
  eventually(async () => {
    const { sessions } = await run.query(runStatusQuery);
    const actual = new Map(sessions.map(({ issue, status }) => [issue, status]));
    return Object.entries(expected).every(
      ([issue, status]) => actual.get(Number(issue)) === status,
    );
  });

await sessionsAre({ 123: 'stuck', 124: 'stuck' });
await session(123).signal(guidanceSignal, { action: 'approve' });
await session(124).signal(guidanceSignal, 'Use sliding expiration with 15-minute window');
await sessionsAre({ 123: 'complete', 124: 'complete', 125: 'complete', 126: 'complete' });
await session(123).signal(reportPullRequestSignal, world.merged(123));
await sessionsAre({ 127: 'complete', 128: 'complete' });
await session(126).signal(reportPullRequestSignal, world.merged(126));
await eventually(async () => world.calls.includes('retarget #127 main'));
await eventually(async () => (await session(127).query(statusQuery)).status === 'complete');
await session(128).signal(reportPullRequestSignal, world.pullRequest(128, { state: 'closed' }));
await session(124).cancel();
for (const issue of [125, 127])
  await session(issue).signal(reportPullRequestSignal, world.merged(issue));
await run.result();

await rm(directory, { recursive: true, force: true });
await mkdir(directory, { recursive: true });
const issues = [123, 124, 125, 126, 127, 128];
const handles = { run, ...Object.fromEntries(issues.map((n) => [`issue-${n}`, session(n)])) };
for (const [name, { workflowId }] of Object.entries(handles)) {
  const show = ['workflow', 'show', '--workflow-id', workflowId, '--output', 'json'];
  const { stdout } = await execa(temporal, [...show, '--address', address]);
  await writeFile(`${directory}${name}.json`, `${JSON.stringify(JSON.parse(stdout))}\n`);
  console.log(`recorded ${name}`);
}
await close();
