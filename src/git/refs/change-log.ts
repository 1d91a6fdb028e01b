import { existsSync } from 'node:fs';
import { appendFile, lstat, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { commonDirectory } from '../command/directories.ts';
import { exclusively } from '../command/mutex.ts';
import type { RefChange } from './ref-change.ts';

/**
 * Before Coppice changes a branch or a tag, it writes the change to this file in the repository's git
 * directory, where no agent in a sandbox can write. So the guard of a session's turn can tell Coppice's
 * changes from those of an agent, even if Coppice was killed in between.
 */
const FILE = 'coppice-changes.jsonl';

/** When the file is larger than this, in bytes, its older half is removed. */
const LARGEST = 1_000_000;

/** A change may be made up to this long after it was written down, in milliseconds. */
const SLACK = 60_000;

const LoggedChange = z.object({
  /** Milliseconds since 1970. */
  at: z.number(),
  ref: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
});
export type LoggedChange = z.infer<typeof LoggedChange>;

/** Only branches, tags and the stash are guarded. */
const GUARDED = /^refs\/(heads|tags|stash)(\/|$)/;

/** Writes down changes that are about to be made. */
export async function logChanges(
  directory: string,
  changes: readonly Pick<RefChange, 'ref' | 'from' | 'to'>[],
): Promise<void> {
  const at = Date.now();
  const lines = changes
    .filter(({ ref }) => GUARDED.test(ref))
    .map(({ ref, from = null, to = null }) =>
      JSON.stringify({ at, ref, from, to } satisfies LoggedChange),
    );
  if (lines.length === 0) return;
  const file = join(await commonDirectory(directory), FILE);
  await exclusively(file, async () => {
    await shorten(file);
    await appendFile(file, `${lines.join('\n')}\n`, { flush: true, mode: 0o600 });
  });
}

async function shorten(file: string): Promise<void> {
  if (!existsSync(file) || (await lstat(file)).size < LARGEST) return;
  const lines = (await readFile(file, 'utf8')).split('\n');
  await writeFile(`${file}.new`, lines.slice(lines.length / 2).join('\n'), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/**
 * Changes that Coppice has made, or was about to make, since a time in milliseconds since 1970; oldest first.
 */
export async function changesSince(checkout: string, since: number): Promise<LoggedChange[]> {
  const file = join(await commonDirectory(checkout), FILE);
  if (!existsSync(file)) return [];
  return (await readFile(file, 'utf8'))
    .split('\n')
    .flatMap((line) => parse(line) ?? [])
    .filter(({ at }) => at >= since - SLACK);
}

/** Undefined for a line that a crash cut short. */
function parse(line: string): LoggedChange | undefined {
  try {
    return LoggedChange.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/**
 * The values that a ref can have if only Coppice changed it. The last one is the value that it should have.
 * @param was the value at first
 */
export function expectedValues(
  changes: readonly LoggedChange[],
  ref: string,
  was: string | undefined,
): (string | undefined)[] {
  const values = [was];
  for (const change of changes)
    if (change.ref === ref && values.includes(change.from ?? undefined))
      values.push(change.to ?? undefined);
  return values;
}
