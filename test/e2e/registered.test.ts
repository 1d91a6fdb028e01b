import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openCoppice } from '../../src/client/open.ts';
import {
  hostTaskQueue,
  repositoryTaskQueue,
  turnTaskQueue,
} from '../../src/domain/shared/identity.ts';
import { Registered } from '../../src/state/registered.ts';
import { connectClient, resolveServer } from '../../src/temporal/connect.ts';
import { scriptedAgent } from '../support/agent-setup.ts';
import { coppiceUp } from '../support/coppice-up.ts';
import { eventually } from '../support/eventually.ts';

test('what another client of the server has a host execute is refused, unless the host registered it so', async () => {
  const scene = await coppiceUp('registered', {
    agent: scriptedAgent({ SCRIPTED_AGENT_DELAY: '0' }),
    config: {
      policy: { planning: 'never' },
      hooks: { setup: ['echo setup >>ran'] },
      checks: ['true'],
    },
  });
  const { env, home, repository, root, silently } = scene;
  const coppice = await openCoppice(silently);
  onTestFinished(() => coppice.close());
  await coppice.startRun({ repository, name: 'one', concurrency: 1, issues: [{ issue: 125 }] });
  await eventually(() => expect(existsSync(join(root, 'app-issue-125', 'ran'))).toBe(true));
  const record = join(home.sessions, repository, '125', 'registered.json');
  const { location, agent } = Registered.parse(JSON.parse(readFileSync(record, 'utf8')));
  const server = await resolveServer(env, home);
  if (!server) throw new Error('there is no server');
  const { client, close } = await connectClient(server);
  onTestFinished(close);

  const queue = hostTaskQueue(location.hostId);
  let count = 0;
  const execute = (name: string, input: object, taskQueue = queue) =>
    client.activity.execute(name, {
      ...{ id: `stranger-${++count}`, taskQueue, args: [input] },
      startToCloseTimeout: '30s',
      retry: { maximumAttempts: 2 },
    });
  const refused = (name: string, input: object, taskQueue = queue) =>
    expect(execute(name, input, taskQueue)).rejects.toMatchObject({
      cause: { type: 'NotRegistered', message: expect.stringContaining('refused') },
    });

  const mark = join(root, 'stranger');
  const elsewhere = join(root, 'elsewhere');
  mkdirSync(elsewhere);
  const setUp = { location, commands: ['echo setup >>ran'], timeout: 10 };
  await refused('setUp', { ...setUp, commands: [`touch ${mark}`] });
  await refused('setUp', { ...setUp, location: { ...location, worktree: elsewhere } });
  await refused('setUp', { ...setUp, location: { ...location, checkout: elsewhere } });
  await refused('setUp', { ...setUp, location: { ...location, issue: 999 } });
  const base = { branch: 'main', tip: 'a'.repeat(40) };
  const inspect = { location, base, timeout: 10, fileLimit: 1 };
  await refused('inspectOutgoing', { ...inspect, checks: [`touch ${mark}`] });
  const turn = {
    ...{ turnId: 'acme.app.125.000000000000.9', kind: 'implement', location, base, agent },
    ...{ targetBranch: 'main', conversation: crypto.randomUUID(), resume: false, context: '' },
    ...{ guidance: '', timeout: 10, idleTimeout: 10 },
  };
  const turns = turnTaskQueue(location.hostId);
  const other = { ...agent, command: ['touch', mark] };
  await refused('runTurn', { ...turn, agent: other }, turns);
  await refused('runTurn', { ...turn, agent: { ...agent, env: ['GITHUB_TOKEN'] } }, turns);
  await refused('runTurn', { ...turn, turnId: '../../../elsewhere' }, turns);
  await refused('removeWorktree', {
    location: { ...location, branch: 'main' },
    headSha: base.tip,
  });
  await refused(
    'deleteBranch',
    { repository: 'acme/another', branch: 'main', headSha: base.tip },
    repositoryTaskQueue(repository),
  );
  expect(existsSync(mark)).toBe(false);
  expect(existsSync(join(elsewhere, 'ran'))).toBe(false);

  await execute('setUp', setUp);
  expect(readFileSync(join(location.worktree, 'ran'), 'utf8')).toBe('setup\nsetup\n');
});
