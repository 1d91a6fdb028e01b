import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import writeFileAtomic from 'write-file-atomic';
import { coppiceHome } from '../../state/home.ts';

let bundle: string | undefined;

/**
 * Makes git trust the certificate authorities of NODE_EXTRA_CA_CERTS, a variable that git does not read. If the
 * person has configured git’s own authorities, nothing changes.
 * @returns the variables to add to git’s environment
 */
export function certificateVariables(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  if (!env.NODE_EXTRA_CA_CERTS || env.GIT_SSL_CAINFO || env.GIT_SSL_CAPATH) return {};
  bundle ??= isConfigured(env) ? '' : writeBundle(env);
  return bundle === '' ? {} : { GIT_SSL_CAINFO: bundle };
}

function isConfigured(env: NodeJS.ProcessEnv): boolean {
  try {
    execFileSync('git', ['config', '--global', '--get-regexp', '^http\\..*sslca(info|path)$'], {
      env,
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false; // the exit code says that there is no such setting
  }
}

/**
 * One bundle with the authorities of the system, of Node.js and of the person, because git replaces its usual ones
 * with the bundle.
 */
function writeBundle(env: NodeJS.ProcessEnv): string {
  const { cache } = coppiceHome(env);
  const path = join(cache, 'ca-certificates.pem');
  const all = [...getCACertificates('default'), ...getCACertificates('system')];
  mkdirSync(cache, { recursive: true });
  writeFileAtomic.sync(path, `${[...new Set(all)].join('\n')}\n`);
  return path;
}
