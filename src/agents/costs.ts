import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';

/** What each turn of a conversation reported as the conversation's total so far, in order. */
const Ledger = z.array(z.object({ turnId: z.string(), total: z.number() }));

/**
 * What a turn added to a figure of its conversation, such as its cost in US dollars. Agents report a total over all
 * turns; what earlier turns reported is kept in `<turns>/.costs/`. Asking again for the same turn gives the same answer.
 */
export async function addedByTurn(
  turns: string,
  figure: string,
  turnId: string,
  total: number,
): Promise<number> {
  const name = createHash('sha256').update(figure).digest('hex').slice(0, 32);
  const path = join(turns, '.costs', `${name}.json`);
  const others = readLedger(path).filter((entry) => entry.turnId !== turnId);
  const before = others.at(-1)?.total ?? 0;
  mkdirSync(join(turns, '.costs'), { recursive: true, mode: 0o700 });
  await writeFileAtomic(path, JSON.stringify([...others, { turnId, total }]));
  // A total below the last is a conversation that was started anew.
  return total >= before ? total - before : total;
}

function readLedger(path: string): z.infer<typeof Ledger> {
  try {
    return Ledger.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return []; // not there yet; or damaged, which only a sum of money suffers from
  }
}
