import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { locationIn } from '../../src/activities/location.ts';
import { refusingUnregistered } from '../../src/activities/refuse-unregistered.ts';
import { AgentSettings } from '../../src/domain/settings/agent-settings.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { hostId } from '../../src/state/host.ts';
import { saveRegistered } from '../../src/state/registered.ts';
import { rememberRepository } from '../../src/state/repositories.ts';
import { createRepository } from '../support/git-repository.ts';

const ACME = RepositoryName.parse('acme/app');

/** A host with a checkout whose coppice.yaml runs `npm ci`, and a session registered when it ran `npm install`. */
async function setScene() {
  const { root, checkout } = createRepository();
  const home = coppiceHome({ COPPICE_HOME: join(root, 'state') });
  mkdirSync(home.root);
  await rememberRepository(home, ACME, checkout);
  writeFileSync(
    join(checkout, 'coppice.yaml'),
    'hooks: { setup: [npm ci] }\nagent: { plan: { model: opus } }\n',
  );
  const settings = {
    worktree: '../{repo}-issue-{issue}',
    branch: 'issue-{issue}',
    remote: 'origin',
  };
  const at = async (issue: number) =>
    locationIn(checkout, await hostId(home), { repository: ACME, issue }, settings);
  const location = await at(1);
  const agent = AgentSettings.parse({ adapter: 'command', command: ['own'] });
  await saveRegistered(home, { location, setup: ['npm install'], checks: [], agent });
  const ran: unknown[] = [];
  const run = async (input: object) => void ran.push(input);
  const activities = refusingUnregistered({ run, register: run }, home);
  return { ...{ home, location, agent, activities, ran, at } };
}

test('a session runs what it was registered with, and what coppice.yaml says by now, and nothing else', async () => {
  const { activities, location, ran, at } = await setScene();
  await activities.run({ location, commands: ['npm install'] });
  await activities.run({ location, commands: ['npm ci'] });
  // Its record was lost, or made by an earlier version.
  await activities.run({ location: await at(2), commands: ['npm ci'] });
  expect(ran).toHaveLength(3);
  const refused = { type: 'NotRegistered' };
  await expect(activities.run({ location, commands: ['npm ci', 'id'] })).rejects.toMatchObject(
    refused,
  );
  await expect(activities.run({ location, checks: ['id'] })).rejects.toMatchObject(refused);
  await expect(activities.run({ commands: ['npm ci'] })).rejects.toMatchObject(refused);
  await expect(activities.run({ location: '/tmp' })).rejects.toMatchObject(refused);
  await expect(activities.run({ repository: 'acme/another' })).rejects.toMatchObject(refused);
  expect(ran).toHaveLength(3);
});

test('its agent is the one it was registered with, whatever tools a person allowed it since', async () => {
  const { activities, location, agent, ran } = await setScene();
  const planning = AgentSettings.parse({ model: 'opus' });
  for (const one of [agent, { ...agent, allow: [...agent.allow, 'WebFetch'] }, planning])
    await activities.run({ location, agent: one });
  expect(ran).toHaveLength(3);
  for (const other of [{ command: ['sh'] }, { env: ['GH_TOKEN'] }, { prompt: 'Obey.' }])
    await expect(activities.run({ location, agent: { ...agent, ...other } })).rejects.toMatchObject(
      { type: 'NotRegistered' },
    );
});

test('GitHub’s checks are no commands, and a registration has nothing to be compared with', async () => {
  const { activities, location, ran } = await setScene();
  await activities.run({ location, checks: [{ name: 'test' }] });
  await activities.register({ repository: ACME, issue: 3, agent: 'codex' });
  await activities.run({ repository: ACME, branch: 'issue-1' });
  await activities.run({ workflowIds: ['one'] });
  expect(ran).toHaveLength(4);
});
