/** Names of bytes: `sha256:` and 64 hexadecimal digits. */
import { createHash } from 'node:crypto';

import { FarledError } from '@farled/contract';
import { z } from 'zod';

export const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits');

export function digestOfBytes(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Passes bytes on, and fails at their end unless they are the ones that the digest names. */
export async function* verified(
  bytes: AsyncIterable<Uint8Array>,
  expected: { readonly digest: string; readonly size: number },
  from: string,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of bytes) {
    hash.update(chunk);
    size += chunk.length;
    yield chunk;
  }
  const digest = `sha256:${hash.digest('hex')}`;
  if (digest !== expected.digest) {
    throw new FarledError(
      'RegistryUnavailable',
      `${from} sent ${size} bytes with the digest ${digest} for ${expected.digest} (${expected.size} bytes).`,
      {
        suggestion: 'Something between here and the registry changes content, or the registry lost it: push it again.',
      },
    );
  }
}
