import type { AgentSettings } from '../../domain/settings/agent-settings.ts';
import { oneLine } from '../../domain/shared/text.ts';

/** Names of Anthropic's models, including Claude Code's short names. */
const ANTHROPIC = /claude|^(opus|sonnet|haiku|default|best)/i;

/**
 * A one-line warning that Claude Code will report Anthropic's prices for another maker's model; undefined
 * when the model seems to be Anthropic's, or when the person has set its prices.
 */
export function foreignPrices(
  { adapter, model, prices }: Pick<AgentSettings, 'adapter' | 'model' | 'prices'>,
  env: NodeJS.ProcessEnv,
): string | undefined {
  if (adapter !== 'claude' || prices) return undefined;
  const foreign = foreignModel(model || env.ANTHROPIC_MODEL) ?? foreignHost(env.ANTHROPIC_BASE_URL);
  return foreign === undefined
    ? undefined
    : `Claude Code reports Anthropic’s prices, and not those of ${foreign}: set agent.prices in coppice.yaml, so that costs and budgets are right`;
}

const foreignModel = (model: string | undefined): string | undefined =>
  model && !ANTHROPIC.test(model) ? `the model ${oneLine(model, 80)}` : undefined;

function foreignHost(url: string | undefined): string | undefined {
  if (!url || !URL.canParse(url)) return undefined;
  const { hostname } = new URL(url);
  return /(^|\.)anthropic\.com$/.test(hostname) ? undefined : `the model at ${hostname}`;
}
