/** Writes bytes as they come, and says what they were. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

import { FarledError } from '@farled/contract';

export interface Received {
  readonly sha256: string;
  readonly size: number;
}

/** Makes a file that only its owner can read; it is on disk when this ends. */
export async function write(path: string, bytes: AsyncIterable<Uint8Array>): Promise<Received> {
  const hash = createHash('sha256');
  let size = 0;
  await using file = await open(path, 'wx', 0o600);
  for await (const chunk of bytes) {
    hash.update(chunk);
    size += chunk.length;
    await file.writeFile(chunk);
  }
  await file.sync();
  return { sha256: hash.digest('hex'), size };
}

export function digestMismatch(received: Received, sha256: string): FarledError {
  const message = `The ${received.size} bytes received have the SHA-256 ${received.sha256}, not ${sha256}.`;
  return new FarledError('ArtifactDigestMismatch', message, {
    suggestion: 'Send the file again; if it fails again, it changes while it is read.',
  });
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
