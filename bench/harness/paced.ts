/**
 * Load at a fixed rate, whatever the answers do: a request is due at its time, and how long it took is counted from then,
 * also when it had to wait for a connection. A closed loop would send less to who is slow, and not see it.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface PacedOptions {
  readonly port: number;
  /** Bytes of one request, which is answered with a Content-Length. */
  readonly request: Buffer;
  readonly perSecond: number;
  readonly connections: number;
  readonly seconds: number;
}

export interface PacedResult {
  readonly meanMs: number;
  readonly p99Ms: number;
}

const LENGTH = /content-length: (\d+)/i;

export async function loadPaced(options: PacedOptions): Promise<PacedResult> {
  const { port, request, perSecond, connections, seconds } = options;
  const latencies: number[] = [];
  const due: number[] = [];
  const idle: Socket[] = [];
  const count = perSecond * seconds;
  const done = Promise.withResolvers<void>();

  const send = (socket: Socket, since: number): void => {
    socket.write(request);
    let text = '';
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      const body = text.indexOf('\r\n\r\n') + 4;
      if (body < 4 || text.length < body + Number(LENGTH.exec(text)?.[1])) {
        return;
      }
      socket.off('data', onData);
      if (!text.startsWith('HTTP/1.1 200 ')) {
        done.reject(new Error(`Not answered: ${text.slice(0, 200)}`));
      }
      latencies.push(performance.now() - since);
      if (latencies.length === count) {
        done.resolve();
      }
      const next = due.shift();
      if (next === undefined) {
        idle.push(socket);
      } else {
        send(socket, next);
      }
    };
    socket.on('data', onData);
  };

  const sockets = Array.from({ length: connections }, () => connect({ port, host: '127.0.0.1', noDelay: true }));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  sockets.forEach((socket) => socket.on('error', done.reject));
  idle.push(...sockets);
  const start = performance.now();
  let sent = 0;
  const tick = (): void => {
    const now = performance.now();
    for (
      let at = start + (sent * 1000) / perSecond;
      sent < count && at <= now;
      at = start + (sent * 1000) / perSecond
    ) {
      sent += 1;
      const socket = idle.pop();
      if (socket === undefined) {
        due.push(at);
      } else {
        send(socket, at);
      }
    }
    if (sent < count) {
      // Not at once: the generator would take a core from what it measures.
      setTimeout(tick, 1);
    }
  };
  tick();
  await done.promise;
  sockets.forEach((socket) => socket.destroy());
  latencies.sort((a, b) => a - b);
  return {
    meanMs: latencies.reduce((sum, latency) => sum + latency, 0) / count,
    p99Ms: latencies[Math.floor(count * 0.99)] ?? Number.NaN,
  };
}
