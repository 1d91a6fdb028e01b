import { expect, test } from 'vitest';
import {
  AgentSettings,
  agentFor,
  agentNamed,
  NamedAgents,
  noSuchAgent,
} from '../../../src/domain/settings/agent-settings.ts';

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

test('a named agent goes over the usual one, and an adapter’s name is one too', () => {
  const prices = { input: 1, output: 2 };
  const usual = AgentSettings.parse({
    ...{ model: 'opus', command: ['claude'], prompt: 'Be brief.', prices },
  });
  const agents = NamedAgents.parse({ fast: { model: 'haiku' }, other: { adapter: 'codex' } });
  const named = (name?: string) => agentNamed({ agent: usual, agents }, name);
  expect(named()).toBe(usual);
  expect(named('fast')).toEqual({ ...usual, model: 'haiku' });
  const { command: _, model: __, prices: ___, ...common } = usual;
  expect(named('other')).toEqual({ ...common, adapter: 'codex' });
  expect(named('codex')).toEqual({ ...common, adapter: 'codex' });
  expect(named('claude')).toEqual(usual);
  for (const unknown of ['slow', 'constructor', '']) expect(named(unknown)).toBeUndefined();
  expect(noSuchAgent('slow', { agents })).toBe(
    'there is no agent slow: there are fast, other, claude, codex, acp, command (agents: in coppice.yaml names them)',
  );
});

test('plans are still made as agent.plan says, but for what only suits the usual agent', () => {
  const usual = (plan: object) => AgentSettings.parse({ model: 'opus', plan });
  const planner = (plan: object, told: object) => {
    const named = agentNamed({ agent: usual(plan), agents: NamedAgents.parse({ it: told }) }, 'it');
    return agentFor(named ?? usual({}), 'plan');
  };
  expect(planner({ adapter: 'acp', model: 'x' }, { adapter: 'codex' })).toMatchObject({
    ...{ adapter: 'acp', model: 'x' },
  });
  const kept = planner({ model: 'haiku', prompt: 'One page.' }, { adapter: 'codex' });
  expect(kept).toMatchObject({ adapter: 'codex', prompt: 'One page.' });
  expect(kept).not.toHaveProperty('model');
  expect(planner({ model: 'haiku' }, { model: 'sonnet' })).toMatchObject({ model: 'haiku' });
  expect(planner({ model: 'haiku' }, { plan: { model: 'x' } })).toMatchObject({ model: 'x' });
});
