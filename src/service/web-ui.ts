import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Home } from '../state/home.ts';
import { readSecret } from '../temporal/door/credentials.ts';
import { loginLink } from '../temporal/door/web-login.ts';

/**
 * The page of the embedded server's Web UI with what logs a browser in.
 * @param url of a page of the Web UI
 */
export function withLogin(home: Home, url: string): string {
  const secret = readSecret(home.temporal);
  const { origin, pathname, search } = new URL(url);
  return secret === undefined ? url : loginLink(origin, secret, `${pathname}${search}`);
}

/**
 * A file that leads a browser to a link. A link that is an argument of a program could be read by every user of the machine;
 * this file can be read by its owner only.
 * @returns the file's URL
 */
export function redirectFile(home: Home, link: string): string {
  const path = join(home.temporal, 'web-ui.html');
  const target = link.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  rmSync(path, { force: true });
  writeFileSync(path, `<!doctype html><meta http-equiv="refresh" content="0; url=${target}">\n`, {
    mode: 0o600,
    flag: 'wx',
  });
  return pathToFileURL(path).href;
}
