import { existsSync } from 'node:fs';

/** Minimum length of a secret. Shorter values would match in unrelated text. */
const SHORTEST = 8;

/** Matches names of variables that contain secrets. */
const SECRET = /KEY|TOKEN|SECRET|PASS|PWD|AUTH|CREDENTIAL/i;

/**
 * The values of an environment that must not be shown: those of variables with a telling name, those of variables that a person
 * passed on by name (unless the value is a path or an address), and passwords in addresses. Of a value of several lines, such
 * as a key, each line counts too, because programs print them one at a time.
 */
export function secretValues(
  env: Readonly<Record<string, string | undefined>>,
  named: readonly string[] = [],
): string[] {
  const values = Object.entries(env).flatMap(([name, value = '']) => {
    if (name.startsWith('GIT_CONFIG_')) return [];
    if (SECRET.test(name)) return [value];
    const password = passwordIn(value);
    if (password !== undefined) return [password];
    return named.includes(name) && !isPlain(value) ? [value] : [];
  });
  return [...new Set(values.flatMap((value) => [value, ...linesOf(value)]))]
    .filter((value) => value.length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
}

const linesOf = (value: string): string[] => value.split('\n').map((line) => line.trim());

/** The password in `https://user:password@host`, encoded as it is there. */
const passwordIn = (value: string): string | undefined =>
  /^[a-z][a-z0-9+.-]*:\/\/[^/@\s:]*:([^/@\s]+)@/i.exec(value)?.[1];

const isPlain = (value: string): boolean =>
  /^[a-z][a-z0-9+.-]*:\/\//i.test(value) || value.split(':').every((part) => existsSync(part));

/** A value this long is nobody's word, and no setting. */
const LONGEST_WORD = 12;

/** Secrets that this process holds, such as Coppice's own tokens and the keys of models: none of them goes anywhere. */
export const heldSecrets = (env: Readonly<Record<string, string | undefined>>): string[] => [
  ...new Set(
    Object.entries(env).flatMap(([name, value = '']) =>
      /(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)$/i.test(name) &&
      value.length > LONGEST_WORD &&
      !/\s/.test(value) &&
      !isPlain(value)
        ? [value]
        : [],
    ),
  ),
];
