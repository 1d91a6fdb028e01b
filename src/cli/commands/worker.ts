import type { Context } from '../context.ts';

export interface WorkerOptions {
  /** Where GitHub's webhooks are received; the environment's, or nowhere, when absent. */
  readonly webhookPort?: number;
}

/** Runs a worker alone, for the server the environment names, until interrupted. */
export async function worker(
  { services, terminal }: Context,
  { webhookPort }: WorkerOptions,
): Promise<void> {
  terminal.takeInterrupts();
  await services.worker(
    webhookPort === undefined ? {} : { COPPICE_WEBHOOK_PORT: String(webhookPort) },
  );
}
