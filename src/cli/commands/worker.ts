import type { Context } from '../context.ts';

/** Runs a worker alone, for the server the environment names, until interrupted. */
export async function worker({ services, terminal }: Context): Promise<void> {
  terminal.takeInterrupts();
  await services.worker();
}
