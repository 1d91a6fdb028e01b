import { z } from 'zod';
import { Prices } from '../session/budget.ts';
import type { TurnKind } from '../session/turn.ts';

/** A variable that is let through by its name; its value stays in the environment. */
export const VariableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);

const OneAgent = z.strictObject({
  adapter: z
    .enum(['claude', 'codex', 'acp', 'command'])
    .default('claude')
    .describe('How Coppice talks to the agent'),
  command: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .meta({
      description:
        'Program and arguments, run without a shell; required by the adapters acp and command; default: the adapter’s own',
      examples: [['my-agent', '--quiet']],
    }),
  model: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Passed to the agent as its model', examples: ['sonnet'] }),
  allow: z
    .array(z.string().min(1))
    .default(['Edit', 'Write', 'Read', 'Glob', 'Grep', 'Bash'])
    .describe('Tools that the agent may use without asking (with Claude Code’s names)'),
  prices: Prices.optional().describe(
    'US dollars per million tokens: for agents that report no cost, or another cost than you pay',
  ),
  env: z
    .array(VariableName)
    .default([])
    .describe(
      'Environment variables that the agent may see, besides PATH, HOME, the locale and its own login',
    ),
  prompt: z
    .string()
    .trim()
    .min(1)
    .max(16_000)
    .optional()
    .meta({
      description: 'Text added to the agent’s instructions',
      examples: ['Write British English.'],
    }),
});

const { adapter, allow, env, ...others } = OneAgent.shape;

/** What goes over another agent's settings. */
const Overlay = z.strictObject({
  adapter: adapter
    .unwrap()
    .optional()
    .meta({
      description: 'How Coppice talks to the agent in planning turns',
      examples: ['claude'],
    }),
  ...others,
  allow: allow
    .unwrap()
    .optional()
    .meta({
      description: 'Tools that the agent may use in planning turns without asking',
      examples: [['Read', 'Grep']],
    }),
  env: env
    .unwrap()
    .optional()
    .meta({
      description: 'Environment variables that the agent may see in planning turns',
      examples: [['NPM_TOKEN']],
    }),
});
type Overlay = z.infer<typeof Overlay>;

const plan = Overlay.optional().describe(
  'Another agent, model or prompt for planning turns; these settings override the others',
);

export const AgentSettings = OneAgent.extend({ plan });
export type AgentSettings = z.infer<typeof AgentSettings>;

/** By what a run or an issue names its agent. */
export const AgentName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9._-]{0,62}$/, 'use letters, digits, . _ - after a letter');

export const NamedAgents = z
  .record(AgentName, Overlay.extend({ plan }))
  .default({})
  .meta({
    description:
      'Further agents by name, for single runs (coppice run --agent) and single issues (agent in plan.yaml). Their settings override those of agent',
    examples: [{ fast: { model: 'haiku' } }],
  });

interface Agents {
  readonly agent: AgentSettings;
  readonly agents: z.infer<typeof NamedAgents>;
}

/** The settings of the agent of a name, of an adapter, or, without one, of the usual one; undefined when there is none. */
export function agentNamed(
  { agent, agents }: Agents,
  name: string | undefined,
): AgentSettings | undefined {
  if (name === undefined) return agent;
  const named = Object.hasOwn(agents, name) ? agents[name] : undefined;
  const ofAdapter = adapter.unwrap().safeParse(name);
  const told = named ?? (ofAdapter.success ? { adapter: ofAdapter.data } : undefined);
  return told && over(agent, told);
}

/** All that a configuration has, the usual one last. */
export const allAgents = (configured: Agents): AgentSettings[] => [
  ...Object.values(configured.agents).map((told) => over(configured.agent, told)),
  configured.agent,
];

/** What there is instead of a name that is none, in words. */
export const noSuchAgent = (name: string, { agents }: Pick<Agents, 'agents'>): string => {
  const known = [...Object.keys(agents), ...adapter.unwrap().options].join(', ');
  return `there is no agent ${name}: there are ${known} (agents: in coppice.yaml names them)`;
};

function over(settings: AgentSettings, told: Overlay & { plan?: Overlay | undefined }) {
  const { plan: planning, ...common } = settings;
  const merged = laidOver(common, told);
  const another = merged.adapter !== settings.adapter && planning?.adapter === undefined;
  const { command: _, model: __, prices: ___, ...kept } = planning ?? {};
  const plan = told.plan ?? (another && planning ? kept : planning);
  return { ...merged, ...(plan && { plan }) };
}

/** The settings of the agent that takes a turn of this kind. */
export const agentFor = ({ plan, ...settings }: AgentSettings, kind: TurnKind): AgentSettings =>
  kind === 'plan' && plan ? laidOver(settings, plan) : settings;

function laidOver(settings: AgentSettings, overlay: Overlay): AgentSettings {
  const { command: _, model: __, prices: ___, ...common } = settings;
  const told = Object.fromEntries(
    Object.entries(overlay).filter(([, value]) => value !== undefined),
  );
  // Another agent has another program, and other models with other prices.
  const another = (overlay.adapter ?? settings.adapter) !== settings.adapter;
  return { ...(another ? common : settings), ...told };
}
