import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { TurnResult } from '../domain/turn.ts';
import { type Environment, redactor } from './environment.ts';
import type { TurnEnding } from './ports.ts';

const Ending = TurnResult.omit({ work: true });

const fileOf = (turns: string, turnId: string): string => join(turns, turnId, 'ending.json');

/** What a turn came to; undefined until that is settled. */
export function readEnding(turns: string, turnId: string): TurnEnding | undefined {
  try {
    return Ending.parse(JSON.parse(readFileSync(fileOf(turns, turnId), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Settles what a turn came to, without the secrets of its environment, unless another watcher has done so. */
export async function recordEnding(
  turns: string,
  turnId: string,
  ending: TurnEnding,
  env: Environment,
): Promise<TurnEnding> {
  const settled = readEnding(turns, turnId);
  if (settled) return settled;
  const text = redactor(env)(JSON.stringify(ending));
  await writeFileAtomic(fileOf(turns, turnId), text, { mode: 0o600 });
  return Ending.parse(JSON.parse(text));
}
