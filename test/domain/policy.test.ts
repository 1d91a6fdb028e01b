import { expect, test } from 'vitest';
import { AgentSettings, agentFor } from '../../src/domain/policy.ts';

test('one agent takes every turn, unless another is named for plans', () => {
  const { plan: _, ...simple } = AgentSettings.parse({ model: 'opus' });
  expect(agentFor(AgentSettings.parse({ model: 'opus' }), 'plan')).toEqual(simple);
  const two = AgentSettings.parse({ model: 'opus', command: ['claude'], plan: { model: 'haiku' } });
  expect(agentFor(two, 'plan')).toMatchObject({ model: 'haiku', command: ['claude'] });
  expect(agentFor(two, 'implement')).toMatchObject({ model: 'opus', command: ['claude'] });
});

test('another program for plans has neither the command nor the model of the first', () => {
  const settings = AgentSettings.parse({
    model: 'opus',
    command: ['claude'],
    env: ['A'],
    plan: { adapter: 'codex' },
  });
  const plan = agentFor(settings, 'plan');
  expect(plan).toMatchObject({ adapter: 'codex', env: ['A'] });
  expect(plan).not.toHaveProperty('command');
  expect(plan).not.toHaveProperty('model');
});
