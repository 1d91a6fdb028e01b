import { stringify } from 'yaml';
import type { Context } from '../context.ts';
import { findProject } from '../project.ts';

/** Prints the configuration in force: the file's, the defaults, and the repository found out. Durations are in seconds. */
export async function config(context: Context, options: { json?: true }): Promise<void> {
  const project = await findProject(context);
  const effective = { ...project.config, repository: project.repository };
  context.terminal.out(
    options.json ? JSON.stringify(effective, null, 2) : stringify(effective).trimEnd(),
  );
}
