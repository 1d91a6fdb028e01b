import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { CoppiceError } from '../domain/failure.ts';

/** A file of Coppice's own that does not hold what it should. */
export class DamagedFile extends CoppiceError {
  readonly path: string;

  constructor(path: string, problem: string) {
    super('InvalidConfig', `${path} is damaged: restore it, or move it away`, problem);
    this.name = 'DamagedFile';
    this.path = path;
  }
}

/** @returns undefined when there is no such file. @throws DamagedFile */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DamagedFile(path, 'it is not JSON');
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new DamagedFile(path, z.prettifyError(parsed.error));
  return parsed.data;
}

/** Replaces the file whole, readable by its owner only: a reader sees the old content or the new. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
}
