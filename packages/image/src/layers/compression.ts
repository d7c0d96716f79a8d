/** How a layer's bytes are compressed: in pieces of fixed size, so that all cores work and the bytes stay the same. */
import { promisify } from 'node:util';
import { constants, gzip, zstdCompress } from 'node:zlib';

export type Compression = 'zstd' | 'gzip';

export const LAYER_MEDIA_TYPES: Readonly<Record<Compression, string>> = {
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
};

/** Each piece becomes a frame (zstd) or member (gzip) of its own; both formats are defined as any number of them. */
export const PIECE_BYTES = 4 * 1024 * 1024;

const ZSTD_LEVEL = 3;
/** Level 6 is a tenth smaller and takes four times as long: worth it only where that isn't felt. */
const GZIP_LEVEL = { small: 6, large: 1 } as const;
const SMALL_LAYER_BYTES = 32 * 1024 * 1024;
/** RFC 1952: the operating system, which zlib fills in by where it runs; 255 is «unknown». */
const GZIP_SYSTEM = { offset: 9, unknown: 255 } as const;

const zstdPiece = promisify(zstdCompress);
const gzipPiece = promisify(gzip);

/** `total` is the size of the whole uncompressed layer. */
export function compressor(compression: Compression, total: number): (piece: Uint8Array) => Promise<Buffer> {
  if (compression === 'zstd') {
    const params = { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL, [constants.ZSTD_c_contentSizeFlag]: 1 };
    return (piece) => zstdPiece(piece, { params, chunkSize: outputChunk(piece) });
  }
  const level = total <= SMALL_LAYER_BYTES ? GZIP_LEVEL.small : GZIP_LEVEL.large;
  return async (piece) => {
    const bytes = await gzipPiece(piece, { level, chunkSize: outputChunk(piece) });
    bytes[GZIP_SYSTEM.offset] = GZIP_SYSTEM.unknown;
    return bytes;
  };
}

/** Room for the whole answer at once, so that zlib is not called again and again. */
function outputChunk(piece: Uint8Array): number {
  return Math.max(1024, piece.length);
}

/** Part of what names a packed layer: another library may compress the same bytes to others. */
export function compressionVersion(compression: Compression): string {
  const library = compression === 'zstd' ? process.versions['zstd'] : process.versions.zlib;
  return `${compression} ${library ?? 'unknown'}`;
}
