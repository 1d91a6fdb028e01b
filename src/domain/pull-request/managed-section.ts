/**
 * Coppice's part of a pull request's body stands between two hidden markers, the first with a digest of what is between
 * them. What is outside is people's, and so is what is inside once they have changed it: then the digest differs.
 */
const BEGIN = /<!-- coppice:begin ([0-9a-f]{16}) -->/;
const END = '<!-- coppice:end -->';

/** GitHub takes 65,536 characters of body: there is room for as much again as people usually add. */
const MAX = 56_000;

/** Coppice's part with this content, markers included. */
export function managedSection(content: string): string {
  const inside = content.slice(0, MAX).toWellFormed();
  return `<!-- coppice:begin ${digest(inside)} -->\n\n${inside}\n\n${END}`;
}

/** The body with other content in Coppice's part; as it is when people removed that part or changed it. */
export function withManagedSection(body: string, content: string): string {
  const found = BEGIN.exec(body);
  if (!found) return body;
  const start = found.index + found[0].length;
  const end = body.indexOf(END, start);
  if (end < 0 || digest(body.slice(start, end)) !== found[1]) return body;
  return body.slice(0, found.index) + managedSection(content) + body.slice(end + END.length);
}

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/**
 * FNV-1a in 64 bits, as 16 hexadecimal digits: it notices a change, and proves nothing. GitHub's editor writes other line
 * ends, which is no change.
 */
export function digest(text: string): string {
  let hash = OFFSET;
  for (const byte of new TextEncoder().encode(text.replaceAll('\r\n', '\n').trim()))
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  return hash.toString(16).padStart(16, '0');
}
