import { connect } from 'node:net';
import { pipeline } from 'node:stream';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Credentials } from './credentials.ts';
import type { Inner } from './inner.ts';

/** Lets whoever has the key through to the server, byte by byte; to anybody else the connection fails. */
export function serverDoor({ certificate, key }: Credentials, inner: Inner): Server {
  const options = {
    cert: certificate,
    key,
    ca: certificate,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.3',
    ALPNProtocols: ['h2'],
  } as const;
  return createServer(options, (outer: TLSSocket) => {
    const socket = connect(inner);
    // The end of one is the end of the other; why is the client's to find out.
    pipeline(outer, socket, outer, () => undefined);
  });
}
