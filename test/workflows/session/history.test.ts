import { expect, test } from 'vitest';
import type { Checks } from '../../../src/domain/pull-request/checks.ts';
import { SessionSettings } from '../../../src/domain/settings/session-settings.ts';
import {
  runWorkflowId,
  SHARED_TASK_QUEUE,
  sessionWorkflowId,
} from '../../../src/domain/shared/identity.ts';
import { reportPullRequestSignal, statusQuery } from '../../../src/workflows/messages.ts';
import { eventually } from '../../support/eventually.ts';
import { IMPATIENT } from '../../support/fake-world.ts';
import { environmentOfTests, REPOSITORY } from '../../support/workflow-session.ts';

const environment = await environmentOfTests();

/** The history of a session in a run that plans, sets up, implements, waits for checks, is made ready and is merged. */
async function historyOfALife(issue: number) {
  const { client, world } = environment;
  world.settings = SessionSettings.parse({
    ...IMPATIENT,
    policy: { planning: 'always' },
    hooks: { setup: ['npm ci'] },
    checks: ['npm test'],
  });
  const name = `life-${issue}`;
  const run = await client.workflow.start('runWorkflow', {
    args: [{ repository: REPOSITORY, name, concurrency: 1, issues: [{ issue }] }],
    workflowId: runWorkflowId(REPOSITORY, name),
    taskQueue: SHARED_TASK_QUEUE,
  });
  const session = client.workflow.getHandle(sessionWorkflowId(REPOSITORY, issue));
  const shows = (activity: string) =>
    eventually(async () => expect((await session.query(statusQuery)).activity).toBe(activity));
  const checks = (pending: number): Checks => ({ total: 3, pending, notPassed: [], running: [] });
  const tell = (pending: number) =>
    session.signal(reportPullRequestSignal, world.pullRequest(issue, { checks: checks(pending) }));
  await eventually(() => expect(world.calls).toContain(`publish #${issue} main`));
  await tell(2);
  await shows('waits for 2 of 3 checks');
  await tell(0);
  await shows('waits for review');
  await session.signal(reportPullRequestSignal, world.merged(issue));
  await run.result();
  return await session.fetchHistory();
}

type Event = NonNullable<Awaited<ReturnType<typeof historyOfALife>>['events']>[number];

/** What an event is about: an activity's name, or the event's type. */
const nameOf = (event: Event): string =>
  event.activityTaskScheduledEventAttributes?.activityType?.name ??
  Object.keys(event).find((key) => key.endsWith('Attributes')) ??
  '';

const summaryOf = ({ userMetadata }: Event): string =>
  Buffer.from(userMetadata?.summary?.data ?? []).toString();

test('the life of a session takes at most 120 events, and each of its steps has a summary', async ({
  annotate,
}) => {
  const { events } = await historyOfALife(701);
  const counts = new Map<string, number>();
  for (const event of events ?? []) counts.set(nameOf(event), (counts.get(nameOf(event)) ?? 0) + 1);
  const list = [...counts].map(([name, count]) => `${count} ${name}`).join('\n');
  await annotate(`${events?.length} events:\n${list}`);
  expect(events?.length, list).toBeLessThanOrEqual(120);
  const steps = (events ?? []).filter(
    (event) =>
      event.activityTaskScheduledEventAttributes ??
      event.timerStartedEventAttributes ??
      event.startChildWorkflowExecutionInitiatedEventAttributes,
  );
  expect(steps.length).toBeGreaterThan(10);
  for (const step of steps) expect(summaryOf(step), nameOf(step)).toMatch(/^"\w+( [\w#]+)+"$/);
});
