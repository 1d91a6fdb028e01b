import { ADAPTERS } from '../../src/agents/adapters/index.ts';
import type { Turn, TurnPorts } from '../../src/agents/turn/ports.ts';
import { driveTurn } from '../../src/agents/turn/turn.ts';

/** A process that watches a turn until it is killed. */
const { turn, ports }: { turn: Turn; ports: TurnPorts } = JSON.parse(process.argv[2] ?? '');
await driveTurn(turn, {
  ...ports,
  adapter: ADAPTERS[turn.settings.adapter],
  prompt: async () => 'from elsewhere',
  onProgress: () => {},
  signal: new AbortController().signal,
});
