/** The requests in streams of bytes, as Node's own HTTP server reads them. */
import { createServer } from 'node:http';
import { Duplex } from 'node:stream';

import type { FramedMessage } from './framing.ts';

interface Seen {
  readonly message: Omit<FramedMessage, 'body'>;
  body: string;
  isComplete: boolean;
}

class Bytes extends Duplex {
  readonly seen: Seen[] = [];

  override _read(): void {
    // All of it is pushed at once.
  }

  override _write(_chunk: unknown, _encoding: unknown, done: () => void): void {
    done();
  }
}

const server = createServer((request) => {
  const { method = '', url = '', httpVersionMinor, rawHeaders } = request;
  const message = { method, target: url, minorVersion: httpVersionMinor, headers: rawHeaders };
  const seen: Seen = { message, body: '', isComplete: false };
  (request.socket as unknown as Bytes).seen.push(seen);
  request.on('data', (chunk: Buffer) => (seen.body += chunk.toString('latin1')));
  request.on('end', () => (seen.isComplete = request.complete));
  request.on('error', () => {});
});
// Not closed: what came before the fault is to be seen.
server.on('clientError', () => {});

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** For each stream, the requests that it accepts whole. */
export async function frameByNode(streams: readonly Buffer[]): Promise<readonly (readonly FramedMessage[])[]> {
  const all = streams.map((bytes) => {
    const socket = new Bytes();
    socket.on('error', () => {});
    server.emit('connection', socket);
    socket.push(bytes);
    return socket;
  });
  // Nothing of it waits for anything but turns of the loop.
  for (let turns = 0; turns < 4; turns += 1) {
    await turn();
  }
  return all.map((socket) => {
    const complete = socket.seen.filter(({ isComplete }) => isComplete);
    const messages = complete.map(({ message, body }) => ({ ...message, body }));
    socket.destroy();
    return messages;
  });
}
