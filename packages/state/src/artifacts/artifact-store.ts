/** Bytes by their SHA-256: the files of models and source folders. */
import type { ArtifactParts } from './parts.ts';

export interface ArtifactStore {
  /** Whether it is there. Asking keeps it: what was just said to be there is not swept before it is referred to. */
  has(sha256: string): Promise<boolean>;
  /** Bytes. @throws FarledError ArtifactNotFound. */
  size(sha256: string): Promise<number>;
  /**
   * Stores bytes as they come, without holding them in memory; answers how many they were.
   *
   * @throws FarledError ArtifactDigestMismatch when they are not what the digest says; nothing is kept then.
   */
  put(sha256: string, bytes: AsyncIterable<Uint8Array>): Promise<number>;
  /** Stores bytes whose digest nobody announced, without holding them in memory. */
  add(bytes: AsyncIterable<Uint8Array>): Promise<{ readonly sha256: string; readonly size: number }>;
  /** Of files that are sent in parts. */
  readonly parts: ArtifactParts;
  /** All of it, or the bytes from `start` to `end`, both of them with it. @throws FarledError ArtifactNotFound. */
  open(sha256: string, range?: ByteRange): Promise<AsyncIterable<Uint8Array>>;
  /**
   * Makes a file of it that is the caller's own: writing to it does not touch the store.
   *
   * @throws FarledError ArtifactNotFound.
   */
  copyTo(sha256: string, path: string, mode: number): Promise<void>;
  /** Removes what is not in use and older than that; answers how many. */
  sweep(inUse: ReadonlySet<string>, olderThanMs: number): Promise<number>;
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}
