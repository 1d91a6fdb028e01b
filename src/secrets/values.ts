import { existsSync } from 'node:fs';

/** Shorter ones are no secrets, and would be found everywhere. */
const SHORTEST = 8;

/** How a variable is called that holds a secret. */
const SECRET = /KEY|TOKEN|SECRET|PASS|PWD|AUTH|CREDENTIAL/i;

/**
 * The values in an environment that must not be shown: of variables that are called so, of those that a person let through
 * by name, unless they are paths or addresses, and the passwords in addresses.
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
  return [...new Set(values)]
    .filter((value) => value.length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
}

/** Of `https://user:password@host`, as it stands there. */
const passwordIn = (value: string): string | undefined =>
  /^[a-z][a-z0-9+.-]*:\/\/[^/@\s:]*:([^/@\s]+)@/i.exec(value)?.[1];

const isPlain = (value: string): boolean =>
  /^[a-z][a-z0-9+.-]*:\/\//i.test(value) || value.split(':').every((part) => existsSync(part));
