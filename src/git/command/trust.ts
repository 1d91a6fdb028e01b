import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import writeFileAtomic from 'write-file-atomic';
import { coppiceHome } from '../../state/home.ts';

let bundle: string | undefined;

/**
 * Has git trust the authorities that a person has Node.js trust, by NODE_EXTRA_CA_CERTS: git knows nothing of that variable.
 * A person who has told git itself whom to trust is left alone.
 * @returns what is to be added to git's environment
 */
export function trustOf(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
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
    return false; // its exit code says that there is none
  }
}

/** The system's, Node.js's own and the person's: git takes a bundle instead of what it would trust otherwise. */
function writeBundle(env: NodeJS.ProcessEnv): string {
  const { cache } = coppiceHome(env);
  const path = join(cache, 'ca-certificates.pem');
  const all = [...getCACertificates('default'), ...getCACertificates('system')];
  mkdirSync(cache, { recursive: true });
  writeFileAtomic.sync(path, `${[...new Set(all)].join('\n')}\n`);
  return path;
}
