/** The body of a request: small ones are held, so that they can be sent to another replica; large ones stream. */

/** anchors: the front of the original container. */
export const LARGEST_BODY_BYTES = 100 * 1024 * 1024;
export const HELD_BYTES = 64 * 1024;

export type Body =
  /** Null: there is none. */
  | { readonly kind: 'held'; readonly bytes: Buffer | null }
  /** Null: in chunks. */
  | { readonly kind: 'streamed'; readonly length: number | null };

/** Null: there are no pieces. */
export function joined(pieces: readonly Buffer[]): Buffer | null {
  const [first] = pieces;
  return first === undefined ? null : pieces.length === 1 ? first : Buffer.concat(pieces);
}
