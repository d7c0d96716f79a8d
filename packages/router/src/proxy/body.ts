/** The body of a request: small ones are held, so that they can be sent to another replica; large ones stream. */
import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';

/** anchors: the front of the original container. */
export const LARGEST_BODY_BYTES = 100 * 1024 * 1024;
const HELD_BYTES = 64 * 1024;

export type Body =
  | { readonly kind: 'held'; readonly bytes: Buffer | null }
  | { readonly kind: 'streamed'; readonly stream: IncomingMessage | Transform };

export class BodyTooLarge extends Error {
  constructor() {
    super(`The body has more than ${LARGEST_BODY_BYTES} bytes`);
  }
}

/**
 * A small body is read whole before anything else is done with the request, so a slow sender takes nobody's slot.
 *
 * @throws BodyTooLarge when its length says so; a stream without a length fails with it when it gets there.
 */
export async function takeBody(request: IncomingMessage): Promise<Body> {
  const { 'content-length': lengthText, 'transfer-encoding': encoding } = request.headers;
  if (lengthText === undefined && encoding === undefined) {
    return { kind: 'held', bytes: null };
  }
  if (lengthText === undefined) {
    return { kind: 'streamed', stream: limited(request) };
  }
  const length = Number(lengthText);
  if (length > LARGEST_BODY_BYTES) {
    throw new BodyTooLarge();
  }
  if (length > HELD_BYTES) {
    return { kind: 'streamed', stream: request };
  }
  return { kind: 'held', bytes: await readAll(request) };
}

function readAll(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)),
    );
    request.on('error', reject);
    request.on('close', () => reject(new Error('the client closed the connection')));
  });
}

function limited(request: IncomingMessage): Transform {
  let size = 0;
  const counted = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      size += chunk.length;
      done(size > LARGEST_BODY_BYTES ? new BodyTooLarge() : null, chunk);
    },
  });
  request.on('error', (error) => counted.destroy(error));
  return request.pipe(counted);
}
