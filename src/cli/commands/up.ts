import { withCoppice } from '../connection.ts';
import type { Context, ServiceOptions } from '../context.ts';
import { shellWord } from '../render/shell-word.ts';

export interface UpOptions extends ServiceOptions {
  readonly foreground?: true;
}

/** Starts the service in the background and says where it is; in the foreground it stays until interrupted. */
export async function up(context: Context, options: UpOptions): Promise<void> {
  const { services, terminal } = context;
  const { foreground, ...service } = options;
  if (foreground) {
    terminal.takeInterrupts();
    await services.upForeground(service);
    return;
  }
  const { address, namespace, webUrl, profile, troubles } = await services.up(service);
  terminal.out(`Temporal: ${address}, namespace ${namespace}`);
  if (webUrl !== undefined) terminal.out(`Web UI: ${webUrl} (coppice ui opens it, logged in)`);
  if (profile !== undefined)
    terminal.out(`For Temporal’s own CLI: export TEMPORAL_CONFIG_FILE=${shellWord(profile)}`);
  for (const trouble of troubles) terminal.err(`coppice: ${trouble}`);
  for (const { repository, issue, worktree } of await withCoppice(services, (one) => one.left()))
    terminal.err(
      `coppice: the session of ${repository}#${issue} was closed from outside; its work is in ${worktree}, where its agent may end a last turn. Continue it: coppice run ${issue}`,
    );
  terminal.out('Ready: coppice run 123 124. Stop it with: coppice down');
}
