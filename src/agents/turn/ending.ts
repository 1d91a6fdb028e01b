import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TurnResult } from '../../domain/session/turn.ts';
import { keepAside } from '../../state/files/json-file.ts';
import { writeWhole } from '../../state/files/whole-file.ts';
import { type Environment, redactor } from './environment.ts';
import type { TurnEnding } from './ports.ts';

const Ending = TurnResult.omit({ work: true });

const fileOf = (turns: string, turnId: string): string => join(turns, turnId, 'ending.json');

/**
 * A turn's result; undefined until it is recorded. A damaged record is renamed, and the result is made from
 * the attempts again.
 */
export function readEnding(turns: string, turnId: string): TurnEnding | undefined {
  const file = fileOf(turns, turnId);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return Ending.parse(JSON.parse(text));
  } catch {
    keepAside(file);
    return undefined;
  }
}

/**
 * Records a turn's result without the secrets of its environment, unless another watcher has recorded one.
 * @returns the recorded result
 */
export async function recordEnding(
  turns: string,
  turnId: string,
  ending: TurnEnding,
  env: Environment,
): Promise<TurnEnding> {
  const settled = readEnding(turns, turnId);
  if (settled) return settled;
  const text = redactor(env)(JSON.stringify(ending));
  await writeWhole(fileOf(turns, turnId), text);
  return Ending.parse(JSON.parse(text));
}
