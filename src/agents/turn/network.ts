import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { z } from 'zod';
import { modelRequestsFile, refusalsFile } from '../sandbox/confine.ts';
import { attemptsOf } from './attempt.ts';

/** How much of each file is read, in bytes: its end. */
const MAX_BYTES = 1024 * 1024;

/** A line that model-proxy.ts wrote. */
const Line = z.object({
  at: z.string(),
  method: z.string(),
  to: z.string(),
  status: z.number(),
});

/**
 * The requests of a turn's agent to its model, if they go through Coppice's proxy, and its refused
 * connections. One line each.
 */
export function networkOf(turns: string, turnId: string): string[] {
  return attemptsOf(turns, turnId).flatMap(({ directory }) => [
    ...linesOf(modelRequestsFile(directory)).flatMap(asInWords),
    ...linesOf(refusalsFile(directory)).filter((line) => line.startsWith('deny network')),
  ]);
}

function asInWords(line: string): string[] {
  try {
    const { at, method, to, status } = Line.parse(JSON.parse(line));
    return [`${at} ${method} ${to} ${status}`];
  } catch {
    // The first line may be cut, and the last one unfinished.
    return [];
  }
}

function linesOf(path: string): string[] {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, MAX_BYTES));
    const read = readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return bytes
      .toString('utf8', 0, read)
      .split('\n')
      .filter((line) => line !== '');
  } finally {
    closeSync(file);
  }
}
