import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { MAX_OUTCOME_BYTES, type Outcome, ReportedOutcome } from '../../domain/session/turn.ts';
import { readStructured } from './structured.ts';

/**
 * The name of Coppice's own directory in a worktree. An agent can write there, so its files are not trusted.
 */
export const OWN = '.coppice';

/** The file in that directory in which an agent reports the outcome of its turn. */
export const OUTCOME_FILE = 'outcome.json';

const MAX_PLAN_BYTES = 256 * 1024;

/** How much of a plan its summary contains, in characters. */
const MAX_SUMMARY = 2_000;

/** Makes `.coppice` a real directory in the worktree. A file or link with that name is removed. */
export function prepareOwnDirectory(worktree: string): void {
  const path = join(worktree, OWN);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (found) unlinkSync(path);
  mkdirSync(path);
}

/**
 * The outcome that the agent reported, as structured output or in `.coppice/outcome.json`. It is of kind
 * `invalid`, with the problem, when neither is a valid report.
 */
export function readReport(worktree: string, tail: string, structured?: unknown): Outcome {
  const said = structured === undefined ? undefined : readStructured(structured);
  if (said && 'report' in said) return said.report;
  const written = readOutcomeFile(worktree, tail);
  return written.kind === 'invalid' && said
    ? { ...written, problem: `its structured output: ${said.problem}` }
    : written;
}

function readOutcomeFile(worktree: string, tail: string): Outcome {
  const read = readOwnFile(worktree, OUTCOME_FILE, MAX_OUTCOME_BYTES);
  const invalid = (problem: string): Outcome => ({ kind: 'invalid', problem, tail });
  if ('problem' in read) return invalid(read.problem);
  let json: unknown;
  try {
    json = JSON.parse(read.text);
  } catch (error) {
    return invalid(`${OWN}/${OUTCOME_FILE} is not JSON: ${(error as Error).message}`);
  }
  const report = ReportedOutcome.safeParse(json);
  if (report.success) return report.data;
  return invalid(`${OWN}/${OUTCOME_FILE}: ${z.prettifyError(report.error).replace(/\s+/g, ' ')}`);
}

/** A planning turn is done only when its plan file exists. The summary is the beginning of the plan. */
export function withPlan(outcome: Outcome, worktree: string): Outcome {
  if (outcome.kind !== 'done') return outcome;
  const read = readOwnFile(worktree, 'plan.md', MAX_PLAN_BYTES);
  const plan = 'text' in read ? read.text.trim() : '';
  if (plan !== '') return { ...outcome, summary: beginningOf(plan) };
  const problem = 'problem' in read ? read.problem : `${OWN}/plan.md is empty`;
  return {
    kind: 'invalid',
    problem: `the agent reported done, but without a plan: ${problem}`,
    tail: outcome.summary,
  };
}

const beginningOf = (plan: string): string =>
  plan.length <= MAX_SUMMARY ? plan : `${plan.slice(0, MAX_SUMMARY - 1)}…`;

/**
 * Reads a file in `.coppice` as text, or returns the problem. It does not follow links, wait for pipes, or
 * read more than `limit` bytes.
 */
export function readOwnFile(
  worktree: string,
  name: string,
  limit: number,
): { readonly text: string } | { readonly problem: string } {
  const shown = `${OWN}/${name}`;
  const directory = lstatSync(join(worktree, OWN), { throwIfNoEntry: false });
  if (!directory?.isDirectory()) return { problem: `${shown} is missing` };
  let file: number;
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    file = openSync(join(worktree, OWN, name), flags);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { problem: missing ? `${shown} is missing` : `${shown} is not a readable file` };
  }
  try {
    if (!fstatSync(file).isFile()) return { problem: `${shown} is not a regular file` };
    const buffer = Buffer.alloc(limit + 1);
    const length = readSync(file, buffer, 0, buffer.length, 0);
    if (length > limit) return { problem: `${shown} is longer than ${limit} bytes` };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, length)) };
  } catch {
    return { problem: `${shown} is not UTF-8 text` };
  } finally {
    closeSync(file);
  }
}
