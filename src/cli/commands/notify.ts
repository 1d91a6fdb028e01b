import { Config } from '../../config/schema.ts';
import { oneLine } from '../../domain/shared/text.ts';
import type { Context } from '../context.ts';
import { EXIT, Refusal, UsageError } from '../errors.ts';
import { findProject } from '../project.ts';

/** Sends a test message by each channel. @returns the exit code: 1 when one did not deliver */
export async function notify(context: Context, { test }: { test?: true }): Promise<number> {
  if (!test) throw new UsageError('coppice notify --test sends a message by each of your channels');
  const { services, terminal } = context;
  const results = await services.testChannels(await configOf(context));
  for (const { channel, problem } of results)
    terminal.out(
      `${channel}: ${problem === undefined ? 'sent' : `not sent: ${oneLine(problem, 300)}`}`,
    );
  if (results.length === 0)
    terminal.out('There is no channel: docs/attention.md shows how to add one');
  return results.some(({ problem }) => problem !== undefined) ? EXIT.failure : EXIT.ok;
}

/** Outside of a checkout there are the person's own channels only. */
async function configOf(context: Context): Promise<Config> {
  try {
    const { config, repository } = await findProject(context);
    return { ...config, repository };
  } catch (error) {
    if (error instanceof Refusal) return Config.parse({});
    throw error;
  }
}
