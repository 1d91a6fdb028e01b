import { existsSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { renderDefaultConfig, renderShortConfig } from '../../config/default-file.ts';
import { CONFIG_FILE, Config } from '../../config/schema.ts';
import type { Context } from '../context.ts';
import { findCheckout, findProject, repositoryOf } from '../project.ts';

/** Writes a short coppice.yaml, or one with every key, with what the checkout tells, unless there is one, and lets this host know the checkout. */
export async function init(
  context: Context,
  options: { force?: true; full?: true },
): Promise<void> {
  const checkout = await findCheckout(context);
  const file = join(checkout.path, CONFIG_FILE);
  const { remote } = Config.parse({});
  const { terminal } = context;
  if (existsSync(file) && !options.force) {
    const { repository } = await findProject(context);
    await context.services.remember(repository, checkout.path);
    terminal.out(`${file} is there already and stays as it is; --force replaces it`);
    return;
  }
  const repository = context.repo ?? (await repositoryOf(context, checkout, remote));
  const base = await checkout.defaultBranch(remote);
  const text = (options.full ? renderDefaultConfig : renderShortConfig)({
    ...(repository && { repository }),
    ...(base !== undefined && { base }),
  });
  await writeFileAtomic(file, text);
  if (repository) await context.services.remember(repository, checkout.path);
  terminal.out(`Wrote ${file}`);
  if (!repository)
    terminal.err(
      `coppice: no remote ${remote} on GitHub was found: set repository: in ${CONFIG_FILE}`,
    );
  terminal.out('Next: coppice doctor, then coppice plan --all-open');
}
