import { appendFileSync } from 'node:fs';

/** As many different refusals as are written down. */
const MOST = 1_000;

/** The longest line that is written down, in characters. */
const LONGEST = 1_000;

/**
 * Writes refusals into a file, each once: a program may be refused the same thing thousands of times, and what it is refused
 * after that is to be found among the rest.
 */
export function refusalLog(file: string): (line: string) => void {
  const known = new Set<string>();
  return (text) => {
    const line = text.slice(0, LONGEST);
    if (known.size >= MOST || known.has(line)) return;
    known.add(line);
    appendFileSync(file, `${line}\n`);
  };
}
