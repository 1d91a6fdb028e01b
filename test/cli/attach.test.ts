import { expect, test } from 'vitest';
import type { SessionView } from '../../src/client/types.ts';
import type { Attached, SessionDetail } from '../../src/domain/session/session.ts';
import { AgentSettings } from '../../src/domain/settings/agent-settings.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { runInProcess } from '../support/cli.ts';
import { board, NOW, session } from './records.ts';
import { expectClear, world } from './world.ts';

const HELD = '11111111-1111-4111-8111-111111111111';

const ATTACHED: Attached = {
  location: {
    repository: RepositoryName.parse('acme/app'),
    ...{ issue: 7, hostId: 'this-host', checkout: '/person/app', worktree: '/person/app-issue-7' },
    ...{ branch: 'issue-7', remote: 'origin' },
  },
  conversation: 'c-7',
  agent: AgentSettings.parse({}),
  kind: 'implement',
};

const heldBy = (pid: number) => ({
  ...{ id: HELD, holder: { pid, started: 'then' }, since: NOW.toISOString(), left: false },
});

function scene(
  terminal: Partial<NonNullable<SessionDetail['terminal']>> | null,
  record: Parameters<typeof session>[1] = { status: 'stuck', stuckReason: 'which?' },
  more: Parameters<typeof world>[0] = { attached: ATTACHED },
) {
  const shown = session(7, record);
  const view: SessionView = {
    ...{ source: 'live', asOf: NOW.toISOString(), workflowId: 'w' },
    detail: {
      record: shown.record,
      ...{
        stuck: null,
        plan: '',
        turns: [],
        conversation: 'c-7',
        guidance: [],
        remarks: [],
        refused: [],
      },
      agent: null,
      terminal: terminal && {
        ...{ hostId: 'this-host', conversationAdapter: 'claude', attached: null },
        ...terminal,
      },
    },
  };
  return world({ board: board([shown]), view, ...more });
}

test.each([
  ['another host', { hostId: 'that-host' }, 'lives on the host that-host: attach it there'],
  ['acp', { conversationAdapter: 'acp' }, 'the adapter acp can’t run in a terminal'],
  [
    'a program of one’s own',
    { conversationAdapter: 'command' },
    'the adapter command can’t run in a terminal',
  ],
  ['no conversation', null, 'has begun no conversation yet'],
])('%s is refused before anything is held', async (_, terminal, said) => {
  const { services, asked } = scene(terminal);
  expectClear(await runInProcess(['attach', '7'], { services }), 1, said);
  expect(asked.attached).toEqual([]);
});

test('what the session itself refuses is told, and no agent is opened', async () => {
  const { services, asked } = scene({}, { status: 'working' }, {});
  expectClear(await runInProcess(['attach', '7'], { services }), 1, '#7 can’t be attached');
  expect(asked.opened).toEqual([]);
  expect(asked.detached).toEqual([]);
});

test('of an attachment whose terminal is gone the rest is ended, and its place taken', async () => {
  const { services, asked } = scene({ attached: heldBy(2) });
  await runInProcess(['attach', '7'], { services });
  expect(asked.attached).toMatchObject([[7, { instead: HELD }]]);
  expect(asked.opened).toEqual([`ended ${HELD}`, 'c-7']);

  const alive = scene({ attached: heldBy(1) });
  await runInProcess(['attach', '7'], { services: alive.services });
  expect(alive.asked.attached[0]?.[1]).not.toHaveProperty('instead');
});

test('without a person to ask a stuck session stays stuck, unless it was said before', async () => {
  const unsaid = scene({});
  const ran = await runInProcess(['attach', '7'], { services: unsaid.services });
  expect(ran.stdout).toContain('#7 is still stuck');
  const [[, { id }] = [0, { id: '' }]] = unsaid.asked.attached;
  expect(unsaid.asked.detached).toEqual([[7, { id }]]);

  const settled = scene({});
  await runInProcess(['attach', '7', '--settled'], { services: settled.services });
  expect(settled.asked.detached[0]?.[1].guidance).toMatchObject({
    action: 'answer',
    text: expect.stringContaining('settled it in the terminal'),
  });
  const told = scene({});
  await runInProcess(['attach', '7', '--guidance', 'take the first'], { services: told.services });
  expect(told.asked.detached[0]?.[1].guidance).toEqual({
    ...{ action: 'answer', text: 'take the first' },
  });
  const conflict = scene({}, { status: 'stuck', asksFor: 'resolution' });
  await runInProcess(['attach', '7', '--settled'], { services: conflict.services });
  expect(conflict.asked.detached[0]?.[1].guidance).toMatchObject({ action: 'resolved' });
});

test.each([
  [0, 'answer'],
  [1, undefined],
])('a person is asked whether it is settled: %i', async (chosen, action) => {
  const questions = { some: async () => [], one: async () => chosen };
  const { services, asked } = scene({}, undefined, { attached: ATTACHED, questions, agentExit: 3 });
  const ran = await runInProcess(['attach', '7'], { services });
  expect(ran.exitCode).toBe(0);
  expect(ran.stderr).toBe('coppice: the agent exited with code 3');
  expect(asked.detached).toMatchObject([[7, action === undefined ? {} : { guidance: { action } }]]);
  if (action === undefined) expect(asked.detached[0]?.[1]).not.toHaveProperty('guidance');
});

test('a complete session just goes on; one that waits for approval can’t be settled', async () => {
  const complete = scene({}, { status: 'complete' });
  const ran = await runInProcess(['attach', '7'], { services: complete.services });
  expect(ran.stdout).toContain('#7 continues');
  const approval = scene({}, { status: 'stuck', asksFor: 'approval' });
  expectClear(
    await runInProcess(['attach', '7', '--settled'], { services: approval.services }),
    1,
    'waits for your approval',
  );
});

test('an agent that can’t be opened leaves the session free', async () => {
  const { services, asked } = scene({});
  services.openAgent = () => Promise.reject(new Error('no space left'));
  expect((await runInProcess(['attach', '7'], { services })).exitCode).toBe(1);
  expect(asked.detached).toHaveLength(1);
});
