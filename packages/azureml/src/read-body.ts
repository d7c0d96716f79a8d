/** What a request carries, read as its route says, whatever the client calls it. */
import { FarledError } from '@farled/contract';

/** The largest body that is held in memory: a deployment with its whole environment takes a hundredth of it. */
const LARGEST_BYTES = 8 * 1024 * 1024;

/** @throws FarledError PayloadTooLarge, MalformedRequest. An empty body is undefined. */
export async function readJson(bytes: AsyncIterable<Uint8Array>): Promise<unknown> {
  const text = await readText(bytes);
  if (text.trim() === '') {
    return undefined;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new FarledError('MalformedRequest', 'The request body is not JSON.', {
      suggestion: 'Send one JSON document in UTF-8.',
    });
  }
}

/** Of a field that is there twice, the first. @throws FarledError PayloadTooLarge. */
export async function readForm(bytes: AsyncIterable<Uint8Array>): Promise<Readonly<Record<string, string>>> {
  const fields: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(await readText(bytes))) {
    if (!Object.hasOwn(fields, name)) {
      fields[name] = value;
    }
  }
  return fields;
}

/** In UTF-8. @throws FarledError PayloadTooLarge. */
export async function readText(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bytes) {
    size += part.length;
    if (size > LARGEST_BYTES) {
      throw new FarledError('PayloadTooLarge', `The request body has more than ${LARGEST_BYTES} bytes.`);
    }
    parts.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}
