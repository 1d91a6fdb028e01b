/**
 * Paths as git and the file system have them: bytes, which need not be UTF-8. A byte path is a string with one character
 * for each byte, so that paths can be joined and split; only `toBytes` of it names a file.
 */
export type BytePath = string;

export const toBytes = (path: BytePath): Buffer => Buffer.from(path, 'latin1');

export const fromText = (path: string): BytePath => Buffer.from(path).toString('latin1');

/** For a person to read. */
export const toText = (path: BytePath): string => toBytes(path).toString('utf8');

/** Has git write paths in ASCII, for `parsePaths`. */
export const QUOTED = ['core.quotePath', 'true'] as const;

/** Reads paths that git wrote one on a line, those with special characters in quotes, as in C. */
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
