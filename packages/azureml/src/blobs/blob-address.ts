/** Where files are uploaded to and downloaded from. */
import type { StagedFile } from '@farled/state';

import type { CompatibleParts } from '../parts.ts';
import { checkGrant, type Permission, signGrant } from './sas.ts';

export const BLOBS = '/blobs';

/** Large folders take long, and their addresses are all given at once. */
const VALID_MS = 24 * 60 * 60_000;

type AddressParts = Pick<CompatibleParts, 'state' | 'url' | 'clock'>;

/** What an address is of. */
export type Blob =
  | { readonly kind: 'upload'; readonly stagedId: string }
  | { readonly kind: 'file'; readonly sha256: string; readonly since: number };

/** A file to read, and since when it is there. */
export interface ReadableFile {
  readonly sha256: string;
  /** ISO 8601. */
  readonly time: string;
}

/** To send its bytes to. */
export function uploadAddress(parts: AddressParts, { id }: StagedFile): string {
  return address(parts, `uploads/${id}`, 'w');
}

/** To fetch its bytes from. */
export function downloadAddress(parts: AddressParts, { sha256, time }: ReadableFile): string {
  return address(parts, `files/${sha256}/${Math.floor(Date.parse(time) / 1000)}`, 'r');
}

/**
 * Whose address it is.
 *
 * @throws FarledError Forbidden for one that was not given, for something else, or too long ago.
 */
export function admitBlob(
  parts: AddressParts,
  path: string,
  permissions: readonly Permission[],
  query: Readonly<Record<string, unknown>>,
): Blob {
  checkGrant(keyOf(parts), { path, permissions }, query, parts.clock.now());
  const [kind, name = '', since] = path.split('/');
  return kind === 'uploads'
    ? { kind: 'upload', stagedId: name }
    : { kind: 'file', sha256: name, since: Number(since) * 1000 };
}

function address(parts: AddressParts, path: string, permission: Permission): string {
  const expires = Math.ceil((parts.clock.now() + VALID_MS) / 1000);
  return `${parts.url()}${BLOBS}/${path}?${signGrant(keyOf(parts), { path, permission, expires })}`;
}

/** From the secret of the record, so that addresses outlive the process and nothing else is signed with it. */
function keyOf({ state }: AddressParts): Buffer {
  return Buffer.from(state.fingerprint('addresses of blobs'), 'hex');
}
