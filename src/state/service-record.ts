import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWholeSync } from './files/whole-file.ts';
import type { Home } from './home.ts';

const Identity = z.object({ pid: z.int(), started: z.string() });

/** A program that the service keeps running. */
const Part = z.object({
  /** Null before the program's first start. */
  process: Identity.nullable(),
  up: z.boolean(),
  /** How many times it was started again. */
  restarts: z.int(),
  /** Why it is down, or why it was down last; null when it has never been down. */
  trouble: z.string().nullable(),
});
export type Part = z.infer<typeof Part>;

/** The record that `coppice up` keeps of itself. Commands find the server by it, and so does the next `up` after a crash. */
export const ServiceRecord = z.object({
  phase: z.enum(['starting', 'ready', 'stopping']),
  startedAt: z.iso.datetime(),
  service: Identity,
  /** False when the Temporal server is not run by Coppice. */
  embedded: z.boolean(),
  address: z.string(),
  namespace: z.string(),
  webUrl: z.string().optional(),
  temporal: Part,
  worker: Part,
});
export type ServiceRecord = z.infer<typeof ServiceRecord>;

const path = (home: Home): string => join(home.service, 'service.json');

/** @returns undefined when there is no record, or when it can't be read */
export function readServiceRecord(home: Home): ServiceRecord | undefined {
  let text: string;
  try {
    text = readFileSync(path(home), 'utf8');
  } catch {
    return undefined;
  }
  try {
    return ServiceRecord.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // not JSON: a disk that was full once
  }
}

export function writeServiceRecord(home: Home, record: ServiceRecord): void {
  mkdirSync(home.service, { recursive: true });
  writeWholeSync(path(home), `${JSON.stringify(record, null, 2)}\n`);
}

export const removeServiceRecord = (home: Home): void => rmSync(path(home), { force: true });
