import { expect, test } from 'vitest';
import { foreignPrices } from '../../../src/agents/adapters/foreign-model.ts';
import type { AgentSettings } from '../../../src/domain/settings/agent-settings.ts';

const told = (settings: Partial<AgentSettings>, env: NodeJS.ProcessEnv = {}) =>
  foreignPrices({ adapter: 'claude', ...settings }, env);

test.each([
  [{}, { ANTHROPIC_MODEL: 'glm-5' }, /not those of the model glm-5: set agent\.prices/],
  [{ model: 'kimi-k3' }, {}, /the model kimi-k3/],
  [{}, { ANTHROPIC_BASE_URL: 'https://api.z.ai/api/anthropic' }, /the model at api\.z\.ai/],
])(
  'a person is warned when Claude Code uses another maker’s model without prices: %j %j',
  (settings, env, words) => {
    expect(told(settings, env)).toMatch(words);
    expect(told({ ...settings, prices: { input: 1, output: 2 } }, env)).toBeUndefined();
    expect(told({ ...settings, adapter: 'codex' }, env)).toBeUndefined();
  },
);

test.each([
  [{}, {}],
  [{ model: 'sonnet' }, { ANTHROPIC_MODEL: 'glm-5' }],
  [{ model: 'claude-opus-5-5' }, { ANTHROPIC_BASE_URL: 'https://api.anthropic.com' }],
  [{ model: 'us.anthropic.claude-sonnet-5-v1:0' }, {}],
])('Anthropic’s own models have Anthropic’s prices: %j %j', (settings, env) => {
  expect(told(settings, env)).toBeUndefined();
});
