import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { writeWholeSync } from '../../state/files/whole-file.ts';

/**
 * What opens the embedded server's door: one key pair of this state directory, with which the server and each of its clients
 * prove to each other that they may read the owner's files, and a secret for logins to the Web UI.
 */
export interface Credentials {
  /** PEM; it is also the only certificate that either side trusts. */
  readonly certificate: Buffer;
  /** PEM */
  readonly key: Buffer;
}

/** Years; nobody but this host's owner relies on it. */
const VALID = 10;

/** A certificate is made anew when fewer milliseconds than these are left of it: 90 days. */
const RENEWAL = 90 * 24 * 3_600_000;

/** Paths of the files, which only their owner may read. @param directory of the embedded server's files */
export const credentialFiles = (directory: string) => ({
  certificate: join(directory, 'client.crt'),
  key: join(directory, 'client.key'),
  webSecret: join(directory, 'web-ui.secret'),
  /** A configuration file of Temporal's clients. */
  profile: join(directory, 'client.toml'),
});

/** @returns undefined when there are none that can be read */
export function readCredentials(directory: string): Credentials | undefined {
  const files = credentialFiles(directory);
  try {
    return { certificate: readFileSync(files.certificate), key: readFileSync(files.key) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes what is missing, damaged or nearly out of date, and says to Temporal's clients where the server is. */
export async function ensureCredentials(
  directory: string,
  { address, namespace }: { readonly address: string; readonly namespace: string },
): Promise<Credentials> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const files = credentialFiles(directory);
  if (!isUsable(readCredentials(directory))) {
    const { cert, private: key } = await makeCertificate();
    writeWholeSync(files.key, key);
    writeWholeSync(files.certificate, cert);
  }
  if (!readSecret(directory)) writeWholeSync(files.webSecret, randomBytes(32).toString('hex'));
  writeWholeSync(files.profile, profile({ address, namespace, ...files }));
  const made = readCredentials(directory);
  if (!made) throw new Error(`the credentials in ${directory} were removed`);
  return made;
}

/** @returns undefined when there is none that is whole */
export function readSecret(directory: string): string | undefined {
  try {
    const text = readFileSync(credentialFiles(directory).webSecret, 'utf8');
    return /^[0-9a-f]{64}$/.test(text) ? text : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isUsable(credentials: Credentials | undefined): boolean {
  if (!credentials) return false;
  try {
    const certificate = new X509Certificate(credentials.certificate);
    return (
      certificate.checkPrivateKey(createPrivateKey(credentials.key)) &&
      certificate.validToDate.getTime() - Date.now() > RENEWAL
    );
  } catch {
    return false; // damaged
  }
}

function makeCertificate() {
  const notAfterDate = new Date();
  notAfterDate.setFullYear(notAfterDate.getFullYear() + VALID);
  return generate([{ name: 'commonName', value: 'coppice' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate,
    extensions: [
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  });
}

/** JSON's strings are TOML's basic strings too. */
const profile = (
  file: Record<'address' | 'namespace' | 'certificate' | 'key', string>,
): string => `# Made by coppice up, for Temporal's own tools: export TEMPORAL_CONFIG_FILE=<this file>
[profile.default]
address = ${JSON.stringify(file.address)}
namespace = ${JSON.stringify(file.namespace)}

[profile.default.tls]
server_name = "localhost"
server_ca_cert_path = ${JSON.stringify(file.certificate)}
client_cert_path = ${JSON.stringify(file.certificate)}
client_key_path = ${JSON.stringify(file.key)}
`;
