import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type GuidanceAction,
  MAX_GUIDANCE,
  Raise,
  ToolRule,
} from '../../domain/session/guidance.ts';
import { withCoppice } from '../connection.ts';
import type { Context } from '../context.ts';
import { Refusal, UsageError } from '../errors.ts';
import { findIssue } from '../project.ts';

export interface GuideOptions {
  readonly file?: string;
  readonly approve?: true;
  readonly resolved?: true;
  readonly attempt?: string;
  readonly allow?: readonly string[];
  readonly budget?: string;
  readonly interrupt?: true;
  readonly option?: number;
  readonly retry?: true;
}

/** UTF-8 takes at most four bytes a character. */
const MAX_BYTES = MAX_GUIDANCE * 4;

/** Sends a session guidance: a person's answer, an approval of its plan, or that a conflict is resolved. */
export async function guide(
  context: Context,
  reference: string,
  argument: string | undefined,
  options: GuideOptions,
): Promise<void> {
  if ([argument, options.file, options.attempt].filter((given) => given !== undefined).length > 1)
    throw new UsageError('give the guidance as an argument, with --file or with --attempt, once');
  refuseSeveral(options);
  const text = (await read(context, argument ?? options.attempt, options.file)).trim();
  const { allow = [] } = options;
  for (const rule of allow)
    if (!ToolRule.safeParse(rule).success)
      throw new UsageError(
        `--allow ${rule}: that is no tool, such as WebFetch or "Bash(npm test:*)"`,
      );
  const budget = raiseOf(options.budget);
  const { approve, resolved, retry, option } = options;
  const isSaid = approve ?? resolved ?? retry ?? option;
  if (text === '' && isSaid === undefined && allow.length + budget === 0)
    throw new UsageError(
      'the guidance is empty: coppice guide 124 "Use sliding expiration", or --file FILE, or - to read standard input',
    );
  if (text.length > MAX_GUIDANCE) throw tooLong();
  if (options.interrupt && (isSaid !== undefined || text === ''))
    throw new UsageError(
      '--interrupt is for a text that the agent gets now: give it with the text alone',
    );
  const { repository, issue } = await findIssue(context, reference);
  await withCoppice(context.services, (coppice) =>
    coppice.guide(repository, issue, {
      text,
      action: actionOf(options),
      ...(allow.length > 0 && { allow: [...allow] }),
      ...(option !== undefined && { option }),
      ...(budget > 0 && { budget }),
      ...(options.interrupt && { interrupt: true }),
    }),
  );
  context.terminal.out(`Guidance sent to #${issue}. Watch it: coppice status --watch`);
}

/** US dollars, as in `+5` or `2.50`; 0 when nothing is raised. */
function raiseOf(given: string | undefined): number {
  if (given === undefined) return 0;
  const raise = /^\+?\d+(\.\d+)?$/.test(given) ? Raise.safeParse(Number(given)) : undefined;
  if (raise?.data) return raise.data;
  throw new UsageError(`--budget ${given}: expected US dollars to add, such as +5`);
}

/** A question is answered in one way. */
function refuseSeveral({ approve, resolved, retry, attempt, option }: GuideOptions): void {
  const given = Object.entries({ approve, resolved, retry, attempt, option })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => `--${name}`);
  if (given.length > 1)
    throw new UsageError(
      `${given.join(' and ')} answer different questions: give one; coppice show shows what is asked`,
    );
}

function actionOf({ approve, resolved, retry, attempt }: GuideOptions): GuidanceAction {
  if (resolved) return 'resolved';
  if (retry) return 'retry';
  if (attempt !== undefined) return 'attempt';
  return approve ? 'approve' : 'answer';
}

async function read(
  context: Context,
  argument: string | undefined,
  file: string | undefined,
): Promise<string> {
  if (argument === '-' || file === '-')
    return context.terminal.readInput(MAX_BYTES).catch((error) => {
      throw error instanceof RangeError ? tooLong() : error;
    });
  if (file === undefined) return argument ?? '';
  const path = resolve(context.cwd, file);
  const entry = await stat(path).catch(() => undefined);
  if (!entry) throw new Refusal(`there is no file ${path}`);
  if (!entry.isFile()) throw new Refusal(`${path} is no file with text: name one`);
  if (entry.size > MAX_BYTES) throw tooLong();
  return readFile(path, 'utf8');
}

const tooLong = (): Refusal =>
  new Refusal(
    `the guidance has more than ${MAX_GUIDANCE} characters: put it into the issue or a file in the repository, and point to that`,
  );
