import { type Signs, signingNews } from '../preflight/signing.ts';
import { type Check, good, warn } from './check.ts';

/** Empty for a person who signs no commits. */
export function checkSigning(signs: Signs | undefined): Check[] {
  if (!signs) return [];
  const check =
    signs.problem === undefined
      ? good('signing', signingNews(signs))
      : warn('signing', signs.problem, 'unlock the key for the service, or sign no commits here');
  return [check];
}
