import { isUtf8 } from 'node:buffer';

/**
 * A byte that is not part of a UTF-8 character is stored as one UTF-16 unit: this number plus the byte. Valid
 * text never has such a unit alone.
 */
const KEPT = 0xdc00;

/**
 * Turns bytes that may not be UTF-8, such as file names, into text. `losslessBytes` turns the text into the
 * same bytes again.
 */
export function losslessText(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const first = bytes.readUInt8(at);
    const character = bytes.subarray(at, at + lengthAfter(first));
    text += isUtf8(character) ? character.toString('utf8') : String.fromCharCode(KEPT + first);
    at += isUtf8(character) ? character.length : 1;
  }
  return text;
}

const lengthAfter = (first: number): number =>
  first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

/** The bytes from which `losslessText` made this text. */
export const losslessBytes = (text: string): Buffer =>
  Buffer.concat(
    text
      .split(/([\udc80-\udcff])/u)
      .map((part) =>
        /^[\udc80-\udcff]$/u.test(part)
          ? Buffer.from([part.charCodeAt(0) - KEPT])
          : Buffer.from(part, 'utf8'),
      ),
  );
