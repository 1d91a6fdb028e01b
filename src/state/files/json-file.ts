import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { setAside, writeWhole } from './whole-file.ts';

/** One of Coppice's own files does not contain what it must contain. */
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

/** Replaces the file atomically; only its owner can read it. A reader sees either the old content or the new one. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeWhole(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** The content of a file. A damaged file counts as missing; it stays until the next write replaces it. */
export const ignoringDamage = async <T>(reading: Promise<T>): Promise<T | undefined> =>
  reading.catch((error: unknown) => {
    if (!(error instanceof DamagedFile)) throw error;
    return undefined;
  });

/** The content of a file. A damaged file is renamed and reported, and counts as missing from now on. */
export const settingDamagedAside = async <T>(reading: Promise<T>): Promise<T | undefined> =>
  reading.catch((error: unknown) => {
    if (!(error instanceof DamagedFile)) throw error;
    keepAside(error.path);
    return undefined;
  });

/** Renames a damaged file and reports its new name. */
export function keepAside(path: string): void {
  const aside = setAside(path);
  if (aside !== undefined)
    console.error(`coppice: ${path} was damaged and is replaced; it is kept as ${aside}`);
}
