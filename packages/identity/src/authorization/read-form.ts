import type { IncomingMessage } from 'node:http';

/** A name and a password take a hundredth of it. */
const LARGEST_BYTES = 16 * 1024;

/** The fields of a form; undefined when it is larger than any form of ours. It is read to its end either way. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size <= LARGEST_BYTES) {
      parts.push(part);
    }
  }
  return size > LARGEST_BYTES ? undefined : new URLSearchParams(Buffer.concat(parts).toString('utf8'));
}
