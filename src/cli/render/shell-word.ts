import { shellQuote } from '../../process/shell-quote.ts';

/** A word of a command line that a person copies into a shell: in quotes only where the shell needs them. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : shellQuote(word);
