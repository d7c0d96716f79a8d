/** A connection that breaks: passes TCP on to a registry, and cuts it when so many bytes have passed. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface CuttingProxy {
  readonly host: string;
  /** How often it has cut. */
  readonly cuts: number;
  /** Cuts once, when so many more bytes have gone that way. */
  cutAfter(direction: 'up' | 'down', bytes: number): void;
  stop(): Promise<void>;
}

export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(`http://${target}`);
  const sockets = new Set<Socket>();
  const left = { up: Infinity, down: Infinity };
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    const cut = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const [from, to, direction] of [
      [client, upstream, 'up'],
      [upstream, client, 'down'],
    ] as const) {
      sockets.add(from);
      from.on('error', cut);
      from.on('close', () => {
        sockets.delete(from);
        to.end();
      });
      from.on('data', (chunk: Buffer) => {
        const before = left[direction];
        left[direction] -= chunk.length;
        if (left[direction] >= 0) {
          to.write(chunk);
          return;
        }
        left[direction] = Infinity;
        from.removeAllListeners('data').pause();
        cuts += 1;
        // What is before the cut arrives; whoever sent it learns of the cut only after that.
        to.removeAllListeners('data').resume();
        to.on('close', cut);
        to.end(chunk.subarray(0, before));
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get cuts() {
      return cuts;
    },
    cutAfter: (direction, bytes) => {
      left[direction] = bytes;
    },
    stop: async () => {
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}
