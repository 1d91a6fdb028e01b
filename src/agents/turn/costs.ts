import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../../state/files/whole-file.ts';

/*
 * Agents report the cost in US dollars as a total over all turns of their conversation. What earlier turns
 * reported is stored in `<turns>/.costs/`, so that each turn counts only what it added.
 */

/** The conversation's total that each turn reported, in order. */
const Ledger = z.array(z.object({ turnId: z.string(), total: z.number() }));

/**
 * What a turn added to the total of its conversation.
 * @param figure the name of the total
 * @param total its value now
 */
export function addedSince(turns: string, figure: string, turnId: string, total: number): number {
  const before = othersIn(turns, figure, turnId).at(-1)?.total ?? 0;
  // A total below the last one belongs to a conversation that was started again.
  return total >= before ? total - before : total;
}

/** Records a turn's total at its end. It may be called twice for the same turn. */
export async function noteTotal(
  turns: string,
  figure: string,
  turnId: string,
  total: number,
): Promise<void> {
  mkdirSync(join(turns, '.costs'), { recursive: true, mode: 0o700 });
  const entries = [...othersIn(turns, figure, turnId), { turnId, total }];
  await writeWhole(fileOf(turns, figure), JSON.stringify(entries));
}

function fileOf(turns: string, figure: string): string {
  const name = createHash('sha256').update(figure).digest('hex').slice(0, 32);
  return join(turns, '.costs', `${name}.json`);
}

function othersIn(turns: string, figure: string, turnId: string): z.infer<typeof Ledger> {
  try {
    const entries = Ledger.parse(JSON.parse(readFileSync(fileOf(turns, figure), 'utf8')));
    return entries.filter((entry) => entry.turnId !== turnId);
  } catch {
    return []; // there is no file, or it is damaged: then only the cost is wrong
  }
}
