/** A line whose section is missing, as when a person removed the `#` of a key and not that of its section. */
export interface StrayLine {
  /** Where it begins, counted in characters from the start of the text. */
  readonly offset: number;
  /** Its key. */
  readonly key: string;
}

/** `key:` or `key: value`, with its indentation. */
const ENTRY = /^( *)([\w-]+):(?:\s+(.*))?$/;

/**
 * The first line that is indented without a section above it. A YAML parser reports another line for it, the one above or
 * below. Undefined when there is none.
 */
export function strayLine(text: string): StrayLine | undefined {
  let offset = 0;
  let indent = 0;
  /** Whether deeper lines may follow: a section was opened, or a text or list goes on. */
  let open = false;
  /** The indentation of the key whose text, after `|` or `>`, is passed over. */
  let block: number | undefined;
  for (const line of text.split('\n')) {
    const start = offset;
    offset += line.length + 1;
    const bare = line.trimEnd();
    if (block !== undefined && bare.length - bare.trimStart().length > block) continue;
    if (bare === '' || /^\s*#/.test(bare) || bare === '---') continue;
    const [, spaces = '', key = '', value = ''] = ENTRY.exec(bare) ?? [];
    // Other forms are left to the parser.
    if (key === '') {
      open = true;
      continue;
    }
    if (spaces.length > indent && !open) return { offset: start + spaces.length, key };
    indent = spaces.length;
    block = /^[|>]/.test(value) ? indent : undefined;
    open = !isScalar(value);
  }
  return undefined;
}

/** A value that stands complete on its line. */
const isScalar = (value: string): boolean => {
  const bare = value.replace(/(^|\s)#.*$/, '').trim();
  return bare !== '' && !/^[|>&!]/.test(bare) && isClosed(bare);
};

const isClosed = (value: string): boolean =>
  /^["']/.test(value)
    ? value.length > 1 && value.endsWith(value.charAt(0))
    : !/^[[{]/.test(value) || /[\]}]$/.test(value);
