/**
 * How a router comes to its port. Routers that share one have a listening socket each, among which the kernel divides
 * connections (SO_REUSEPORT); a successor gets the socket of its predecessor, so that what waits to be accepted stays.
 */
import { once } from 'node:events';
import { createServer, type ListenOptions, type Server } from 'node:net';

/**
 * `alone` shares with nobody. `first` is `beside` for the first one, who makes sure that the port is nobody else's:
 * a port that is shared can be joined by every program of the same user. `inherited` is the socket that the process was
 * started with.
 */
export const PORT_USES = ['alone', 'first', 'beside', 'inherited'] as const;
export type PortUse = (typeof PORT_USES)[number];

/** The descriptor of an inherited socket: the first one after those of every process. */
const INHERITED_DESCRIPTOR = 3;

/** @throws an error with `code` EADDRINUSE when the port is taken. */
export async function listenOn(
  server: Server,
  { port, host, use }: { port: number; host: string; use: PortUse },
): Promise<void> {
  if (use === 'first' && port !== 0) {
    const probe = createServer();
    await listening(probe, { port, host });
    probe.close();
    await once(probe, 'close');
  }
  await listening(
    server,
    use === 'inherited' ? { fd: INHERITED_DESCRIPTOR } : { port, host, reusePort: use !== 'alone' },
  );
}

/** Of a server that listens; undefined where the platform has none. */
export function descriptorOf(server: Server): number | undefined {
  // Not documented, and the only way: Node passes sockets on to children that it talks to, not to those that outlive it.
  const { _handle: handle } = server as unknown as { readonly _handle: { readonly fd?: number } | null };
  return handle?.fd === undefined || handle.fd < 0 ? undefined : handle.fd;
}

function listening(server: Server, options: ListenOptions & { readonly fd?: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
