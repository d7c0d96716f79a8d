/** A way to a server that can be closed: connections break, and no new ones are taken. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Pass extends AsyncDisposable {
  readonly port: number;
  close(): void;
  open(): void;
}

export async function openPass(target: URL): Promise<Pass> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port || 443), target.hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    sockets.forEach((socket) => socket.destroy());
  };
  return {
    port,
    close,
    open: () => void server.listen(port, '127.0.0.1'),
    [Symbol.asyncDispose]: async () => {
      close();
      await Promise.resolve();
    },
  };
}
