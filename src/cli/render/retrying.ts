import type { Retrying } from '../../domain/session/session.ts';
import { age } from '../../domain/shared/age.ts';
import { oneLine } from '../../domain/shared/text.ts';

/** `Trying again: attempt 5 in 40s, after "git push failed: …"`. */
export function retryLine({ attempt, failure, nextTry }: Retrying, now: Date): string {
  const isWaiting = nextTry !== null && Date.parse(nextTry) > now.getTime();
  const when = isWaiting ? `in ${age(now.toISOString(), new Date(nextTry))}` : 'is under way';
  return `Trying again: attempt ${attempt} ${when}, after: ${oneLine(failure, 300)}`;
}
