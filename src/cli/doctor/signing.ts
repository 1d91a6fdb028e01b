import { type SigningState, signingWarnings } from '../preflight/signing.ts';
import { type Check, good, warn } from './check.ts';

/** Checks whether commits can be signed. It returns nothing for a person who does not sign commits. */
export function checkSigning(signs: SigningState | undefined): Check[] {
  if (!signs) return [];
  const check =
    signs.problem === undefined
      ? good('signing', signingWarnings(signs))
      : warn('signing', signs.problem, 'unlock the key for the service, or sign no commits here');
  return [check];
}
