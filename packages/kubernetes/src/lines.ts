/** Bytes that come in pieces of any size, as lines of UTF-8. */

const NEWLINE = 0x0a;

export interface LineLimit {
  /** Bytes of the longest line that is given whole. */
  readonly maximum: number;
  /** What becomes of a longer one, given its first `maximum` bytes; may throw. */
  readonly tooLong: (beginning: Buffer) => string;
}

/** Each line without its newline; what follows the last newline is a line when it is not empty. */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  { maximum, tooLong }: LineLimit,
): AsyncGenerator<string, void, void> {
  let parts: Buffer[] = [];
  let kept = 0;
  let cut = false;
  const keep = (piece: Buffer): void => {
    const room = maximum - kept;
    cut ||= piece.length > room;
    if (room > 0 && piece.length > 0) {
      parts.push(piece.length > room ? piece.subarray(0, room) : piece);
      kept += Math.min(room, piece.length);
    }
  };
  const take = (): string => {
    // Decoded once it is whole, so that no character is torn apart.
    const bytes = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    const line = cut ? tooLong(bytes) : bytes.toString('utf8');
    parts = [];
    kept = 0;
    cut = false;
    return line;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      keep(chunk.subarray(from, to));
      yield take();
      from = to + 1;
    }
    keep(chunk.subarray(from));
  }
  if (kept > 0) {
    yield take();
  }
}
