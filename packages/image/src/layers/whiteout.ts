/** Removing what lower layers have: OCI image-spec, «Whiteouts». */
import { posix } from 'node:path';

import type { FileEntry } from './layer.ts';

export const WHITEOUT_PREFIX = '.wh.';
export const OPAQUE_NAME = '.wh..wh..opq';

/** Removes one path of the layers below. */
export function whiteout(path: string): FileEntry {
  return marker(posix.join(posix.dirname(path), `${WHITEOUT_PREFIX}${posix.basename(path)}`));
}

/** Removes all that layers below have in a folder. */
export function opaqueFolder(path: string): FileEntry {
  return marker(posix.join(path, OPAQUE_NAME));
}

function marker(path: string): FileEntry {
  return { kind: 'file', path, mode: 0o644, source: { bytes: new Uint8Array() } };
}
