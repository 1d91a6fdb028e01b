import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

/**
 * Overwrites every secret in a file with asterisks, beginning at the byte offset `start`. The length of the file stays the same, so
 * a program that still writes to it is not disturbed.
 */
export function redactFile(path: string, start: number, secrets: readonly string[]): void {
  if (secrets.length === 0) return;
  const text = readFileSync(path);
  const found = secrets.flatMap((secret) => placesOf(text, Buffer.from(secret), start));
  if (found.length === 0) return;
  const file = openSync(path, 'r+');
  try {
    for (const { at, length } of found) writeSync(file, Buffer.alloc(length, '*'), 0, length, at);
  } finally {
    closeSync(file);
  }
}

function placesOf(text: Buffer, secret: Buffer, start: number) {
  const places: { at: number; length: number }[] = [];
  for (let at = text.indexOf(secret, start); at >= 0; at = text.indexOf(secret, at + secret.length))
    places.push({ at, length: secret.length });
  return places;
}
