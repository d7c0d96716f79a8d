/** Files that come in parts: each part is kept under the name that its sender gave it, until the file is put together. */
export interface ArtifactParts {
  /**
   * Keeps a part; one of that name that was there is replaced. `sha256` is what its sender says of it, if anything.
   *
   * @throws FarledError ArtifactDigestMismatch; PayloadTooLarge for too large a part, too many, or too much of them.
   */
  put(upload: string, part: string, bytes: AsyncIterable<Uint8Array>, sha256?: string): Promise<void>;
  /** Whether any part of it is here. */
  has(upload: string): Promise<boolean>;
  /**
   * The file that these parts make, in that order.
   *
   * @throws FarledError BadArgument for a part that is not here, or named twice.
   */
  join(upload: string, parts: readonly string[]): Promise<AsyncIterable<Uint8Array>>;
  discard(upload: string): Promise<void>;
  /** Removes files of which no part came for that long; answers how many. */
  sweep(olderThanMs: number): Promise<number>;
}

export interface PartLimits {
  readonly partBytes: number;
  /** Parts of one file. */
  readonly parts: number;
  /** Bytes of all parts of one file. */
  readonly totalBytes: number;
}

const MIB = 1024 * 1024;
/** azureml-core sends 4 MiB at a time. */
export const PART_LIMITS: PartLimits = { partBytes: 100 * MIB, parts: 50_000, totalBytes: 1024 * 1024 * MIB };
