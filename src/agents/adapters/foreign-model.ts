import type { AgentSettings } from '../../domain/settings/agent-settings.ts';
import { oneLine } from '../../domain/shared/text.ts';

/** Models of Anthropic, by their names and by Claude Code's short ones. */
const ANTHROPIC = /claude|^(opus|sonnet|haiku|default|best)/i;

/**
 * That Claude Code will tell Anthropic's prices for another maker's model, which it can't know, as one line; undefined
 * where the model is Anthropic's as far as that can be seen, or where the person has said what it costs.
 */
export function foreignPrices(
  { adapter, model, prices }: Pick<AgentSettings, 'adapter' | 'model' | 'prices'>,
  env: NodeJS.ProcessEnv,
): string | undefined {
  if (adapter !== 'claude' || prices) return undefined;
  const foreign = foreignModel(model || env.ANTHROPIC_MODEL) ?? foreignHost(env.ANTHROPIC_BASE_URL);
  return foreign === undefined
    ? undefined
    : `Claude Code tells Anthropic’s prices, whatever ${foreign} costs: set agent.prices in coppice.yaml, so that costs and budgets are right`;
}

const foreignModel = (model: string | undefined): string | undefined =>
  model && !ANTHROPIC.test(model) ? `the model ${oneLine(model, 80)}` : undefined;

function foreignHost(url: string | undefined): string | undefined {
  if (!url || !URL.canParse(url)) return undefined;
  const { hostname } = new URL(url);
  return /(^|\.)anthropic\.com$/.test(hostname) ? undefined : `the model at ${hostname}`;
}
