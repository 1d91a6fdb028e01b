import { readCredentials } from './credentials.ts';

/**
 * How a client reaches the embedded server, to spread into connection options.
 * @param directory of the embedded server's files; before its first start there is nothing to show
 */
export function clientTls(directory: string) {
  const credentials = readCredentials(directory);
  if (!credentials) return {};
  const { certificate: crt, key } = credentials;
  return {
    tls: {
      // An address is no name that TLS knows.
      serverNameOverride: 'localhost',
      serverRootCACertificate: crt,
      clientCertPair: { crt, key },
    },
  };
}
