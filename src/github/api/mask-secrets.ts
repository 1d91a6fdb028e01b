import { findSecrets } from '../../secrets/find.ts';

const MASK = '[masked]';

/** Replaces each secret that is recognised in the text by `[masked]`. */
export async function maskSecrets(text: string): Promise<string> {
  let masked = '';
  let done = 0;
  for (const { from, to } of await findSecrets(text)) {
    if (to <= done) continue;
    masked += `${text.slice(done, Math.max(done, from))}${MASK}`;
    done = to;
  }
  return masked + text.slice(done);
}
