/**
 * A path as bytes, which need not be UTF-8. It is a string with one character for each byte, so that paths
 * can be joined and split. Only `toBytes` turns it into a path that names a file.
 */
export type BytePath = string;

export const toBytes = (path: BytePath): Buffer => Buffer.from(path, 'latin1');

export const fromText = (path: string): BytePath => Buffer.from(path).toString('latin1');

/** The path as text for a person. Bytes that are not UTF-8 are replaced. */
export const toText = (path: BytePath): string => toBytes(path).toString('utf8');

/** The setting that makes git print paths in ASCII, as `parsePaths` needs. */
export const QUOTED = ['core.quotePath', 'true'] as const;

/** Parses paths that git printed, one on each line. Paths with special characters are in quotes, as in C. */
export const parsePaths = (output: string): BytePath[] =>
  output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (line.startsWith('"') ? unquoted(line.slice(1, -1)) : fromText(line)));

const ESCAPED: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
};

const unquoted = (text: string): BytePath =>
  text.replace(/\\(?:([0-7]{3})|(.))/g, (_, octal: string | undefined, letter: string) =>
    octal === undefined
      ? (ESCAPED[letter] ?? letter)
      : String.fromCharCode(Number.parseInt(octal, 8)),
  );
