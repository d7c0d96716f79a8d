/** HTTP/2 as bytes, for what no library would send. RFC 9113, 4.1 and 6; RFC 7541, 6.2.2. */
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';

export const FRAME = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goaway: 7, continuation: 9 } as const;
export const FLAG = { ack: 1, endStream: 1, endHeaders: 4 } as const;

export function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Each as it is, without a table. */
export function headerBlock(fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(
    fields.flatMap((field) => [
      Buffer.from([0]),
      ...field.flatMap((text) => [Buffer.from([text.length]), Buffer.from(text, 'latin1')]),
    ]),
  );
}

export interface RawHttp2 {
  readonly socket: TLSSocket;
  /** What came, as type, stream and payload. */
  readonly frames: readonly { readonly type: number; readonly stream: number; readonly payload: Buffer }[];
  readonly closed: Promise<unknown>;
  send(...frames: readonly Buffer[]): void;
}

/** A connection on which preface and settings were sent. */
export async function openHttp2(port: number): Promise<RawHttp2> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  const closed = once(socket, 'close');
  const frames: { type: number; stream: number; payload: Buffer }[] = [];
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
      const end = 9 + rest.readUIntBE(0, 3);
      frames.push({ type: rest.readUInt8(3), stream: rest.readUInt32BE(5), payload: rest.subarray(9, end) });
      rest = rest.subarray(end);
    }
  });
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  socket.write(frame(FRAME.settings, 0, 0));
  return { socket, frames, closed, send: (...sent) => void socket.write(Buffer.concat(sent)) };
}
