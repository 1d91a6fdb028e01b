import type { Context } from '../context.ts';

/** Stops the service gently. That nothing was running is no failure. */
export async function down({ services, terminal }: Context): Promise<void> {
  const stopped = await services.down();
  terminal.out(stopped ? 'Stopped. Continue with: coppice up' : 'No service is running here.');
}
