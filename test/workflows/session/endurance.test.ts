import { type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { type FeedbackItem, MAX_FEEDBACK_TEXT } from '../../../src/domain/pull-request/feedback.ts';
import { MAX_GUIDANCE } from '../../../src/domain/session/guidance.ts';
import type { Outcome } from '../../../src/domain/session/turn.ts';
import { SessionSettings } from '../../../src/domain/settings/session-settings.ts';
import { detailQuery, guideUpdate, reportFeedbackSignal } from '../../../src/workflows/messages.ts';
import { eventually } from '../../support/eventually.ts';
import { IMPATIENT } from '../../support/fake-world.ts';
import { PLACELESS } from '../../support/feedback.ts';
import { environmentOfTests, startSession } from '../../support/workflow-session.ts';

const environment = await environmentOfTests();
const { client, world } = environment;

const ISSUE = 5_000;
const TURNS = 500;
const GUIDANCES = 300;
const ITEMS = 300;

/** What Temporal takes in one payload, and what a session leaves to it of that. In bytes. */
const LARGEST_PAYLOAD = 1_500_000;
const LARGEST_RECORD = 100_000;
/** Far from where the server warns, or ends a workflow. */
const LONGEST_HISTORY = 8_000;
const LARGEST_HISTORY = 12_000_000;

const words = (index: number): string => `<g${index}>`.padEnd(MAX_GUIDANCE, 'x');

/** @returns the reason when it was refused */
async function guide(handle: WorkflowHandle, index: number): Promise<string> {
  try {
    // A call that is repeated because its answer was lost is the same update.
    await handle.executeUpdate(guideUpdate, {
      args: [words(index)],
      updateId: `guidance-${index}`,
    });
    return '';
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    return error.cause?.message ?? '';
  }
}

/** A word of its own for each number: who says the same again and again is taken for a program. */
const inLetters = (index: number): string =>
  [...String(index)].map((digit) => 'abcdefghij'.charAt(Number(digit))).join('');

const comment = (index: number): FeedbackItem => ({
  ...{ id: `comment:${index}`, node: `n${index}`, kind: 'comment', onIssue: false },
  ...{ author: index % 2 ? 'ann' : 'bob', bot: false, mayWrite: true },
  url: `https://x.test/${index}`,
  text: `<f${index}> `.padEnd(MAX_FEEDBACK_TEXT, `${inLetters(index)} `),
  ...{ at: '2100-01-01T00:00:00Z', ...PLACELESS },
});

const marks = (mark: 'g' | 'f', texts: readonly string[]): number[] =>
  texts.flatMap((text) =>
    [...text.matchAll(new RegExp(`<${mark}(\\d+)>`, 'g'))].map(([, index]) => Number(index)),
  );

const inOrder = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** The largest payload of an execution's history, in bytes. A page of it must fit in one answer. */
async function largestPayload(workflowId: string, runId: string): Promise<number> {
  let largest = 0;
  const look = (value: unknown): void => {
    if (value instanceof Uint8Array) largest = Math.max(largest, value.byteLength);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(look);
  };
  let page: Uint8Array | undefined;
  do {
    const { history, nextPageToken } = await client.workflowService.getWorkflowExecutionHistory({
      namespace: 'default',
      execution: { workflowId, runId },
      maximumPageSize: 10,
      ...(page && { nextPageToken: page }),
    });
    look(history?.events);
    page = nextPageToken?.length > 0 ? nextPageToken : undefined;
  } while (page);
  return largest;
}

test('a session of very many turns, words and comments stays within every limit, and tells each thing once', async () => {
  world.settings = SessionSettings.parse({
    ...IMPATIENT,
    policy: { ...IMPATIENT.policy, turns: 1_000 },
  });
  const goesOn: Outcome = { kind: 'interrupted' };
  const { promise: allTold, resolve: endGuiding } = Promise.withResolvers<Outcome>();
  const { promise: underWay, resolve: endFirst } = Promise.withResolvers<Outcome>();
  const between = Array.from({ length: TURNS - 2 }, () => goesOn);
  world.script(ISSUE, underWay, ...between, allTold);
  const started = await startSession(environment, ISSUE);
  // Not of one execution.
  const handle = client.workflow.getHandle(started.workflowId);
  // On a busy machine an activity may run twice; it is the same turn then, by its id.
  const inputs = () => {
    const own = world.turnInputs.filter(({ location }) => location.issue === ISSUE);
    return [...new Map(own.map((input) => [input.turnId, input])).values()];
  };
  await eventually(() => expect(inputs()).toHaveLength(1));
  let told = 0;
  let refused = await guide(handle, told);
  while (refused === '') refused = await guide(handle, ++told);
  expect([told, refused]).toEqual([8, expect.stringMatching(/inbox is full/)]);
  endFirst(goesOn);
  for (; told < GUIDANCES; told++)
    await eventually(async () => expect(await guide(handle, told)).toBe(''));
  await eventually(() => expect(inputs().length).toBeGreaterThanOrEqual(TURNS));
  world.settings = SessionSettings.parse(IMPATIENT);
  endGuiding({ kind: 'done', summary: 'did it' });
  await eventually(async () =>
    expect((await handle.query(detailQuery)).record.status).toBe('complete'),
  );
  expect(
    marks(
      'g',
      inputs().map(({ guidance }) => guidance),
    ),
  ).toEqual(inOrder(GUIDANCES));

  const items = inOrder(ITEMS).map(comment);
  const replied = () => world.calls.filter((call) => call.startsWith(`reply #${ISSUE}`));
  for (let rounds = 0; replied().length < ITEMS; rounds++) {
    expect(rounds).toBeLessThan(4);
    const before = replied().length;
    // As the watcher does after a restart: everything anew, a bounded message at a time.
    for (let from = 0; from < ITEMS; from += 20)
      await handle.signal(reportFeedbackSignal, items.slice(from, from + 20));
    await eventually(async () => {
      expect(replied().length).toBeGreaterThan(before);
      expect((await handle.query(detailQuery)).record.activity).toMatch(/waits( for review)?$/);
    });
  }
  const heard = marks(
    'f',
    inputs().map((input) => input.context),
  );
  expect(heard.toSorted((a, b) => a - b)).toEqual(inOrder(ITEMS));
  expect(new Set(replied()).size).toBe(ITEMS);

  const detail = await handle.query(detailQuery);
  // So no two turns have the same id, over all executions.
  expect(detail.record.turns).toBe(inputs().length);
  expect(inputs().length).toBeGreaterThan(TURNS);
  const records = world.records.get(ISSUE) ?? [];
  const sizes = records.map((record) => Buffer.byteLength(JSON.stringify(record)));
  expect(Math.max(...sizes)).toBeLessThan(LARGEST_RECORD);

  await handle.cancel();
  const executions = [];
  for await (const one of client.workflow.list({ query: `WorkflowId = "${started.workflowId}"` }))
    executions.push(one);
  expect(executions.length).toBeGreaterThan(5);
  for (const { runId } of executions) {
    const { historyLength, historySize = Number.NaN } = await client.workflow
      .getHandle(started.workflowId, runId)
      .describe();
    expect(historyLength).toBeLessThan(LONGEST_HISTORY);
    expect(historySize).toBeLessThan(LARGEST_HISTORY);
    expect(await largestPayload(started.workflowId, runId)).toBeLessThan(LARGEST_PAYLOAD);
  }
}, 300_000);
