import { ADAPTERS } from '../../src/agents/adapters.ts';
import { runTurn } from '../../src/agents/turn.ts';

/** A process that watches a turn until it is killed. */
const { turn, ports } = JSON.parse(process.argv[2] ?? '');
await runTurn(turn, {
  ...ports,
  adapter: ADAPTERS.command,
  prompt: async () => 'from elsewhere',
  onProgress: () => {},
  signal: new AbortController().signal,
});
