import { existsSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { renderDefaultConfig } from '../../config/default-file.ts';
import { CONFIG_FILE, Config } from '../../config/schema.ts';
import type { Context } from '../context.ts';
import { Refusal } from '../errors.ts';
import { findCheckout, repositoryOf } from '../where.ts';

/** Writes a commented coppice.yaml with what the checkout tells, and touches nothing else. */
export async function init(context: Context, options: { force?: true }): Promise<void> {
  const checkout = await findCheckout(context);
  const file = join(checkout.path, CONFIG_FILE);
  if (existsSync(file) && !options.force)
    throw new Refusal(`${file} is there already: edit it, or replace it with --force`);
  const { remote } = Config.parse({});
  const repository = context.repo ?? (await repositoryOf(context, checkout, remote));
  const base = await checkout.defaultBranch(remote);
  const text = renderDefaultConfig({
    ...(repository && { repository }),
    ...(base !== undefined && { base }),
  });
  await writeFileAtomic(file, text);
  if (repository) await context.services.remember(repository, checkout.path);
  const { terminal } = context;
  terminal.out(`Wrote ${file}`);
  if (!repository)
    terminal.err(
      `coppice: no remote ${remote} on GitHub was found: set repository: in ${CONFIG_FILE}`,
    );
  terminal.out('Next: coppice run 123 124');
}
