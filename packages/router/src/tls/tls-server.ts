/** TLS before the connections of clients: handshakes, the certificate by name, and which HTTP is spoken. */
import type { ServerOpts } from 'node:net';
import { createServer, type Server } from 'node:tls';

import type { ClientConnections } from '@farled/http';

import type { CertificateFiles } from './certificate-files.ts';
import { TLS_OPTIONS } from './certificate.ts';

const HTTP2 = 'h2';
/** For so long a client may take up its session again, which saves the signature. */
const SESSION_SECONDS = 60 * 60;

export function createTlsServer(
  options: ServerOpts,
  certificates: CertificateFiles,
  connections: ClientConnections,
): Server {
  const { cert, key } = certificates.default.pair;
  const server = createServer({
    ...options,
    ...TLS_OPTIONS,
    cert,
    key,
    ALPNProtocols: [HTTP2, 'http/1.1'],
    SNICallback: (name, done) => done(null, certificates.forName(name).context),
    handshakeTimeout: connections.limits.handshakeMs,
    sessionTimeout: SESSION_SECONDS,
  });
  server.on('secureConnection', (socket) => {
    if (socket.alpnProtocol === HTTP2) {
      connections.addHttp2(socket);
    } else {
      connections.add(socket);
    }
  });
  // The other side's affair, and the connection is closed; a log of it would be one that strangers fill.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  // Connections that are there go on with what they began with.
  certificates.onChange(() => server.setSecureContext({ ...TLS_OPTIONS, ...certificates.default.pair }));
  return server;
}
