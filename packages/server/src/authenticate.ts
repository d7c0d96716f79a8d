/** Who may call: whoever has the owner's token. Roles come with users. */
import { createHash, timingSafeEqual } from 'node:crypto';

import { FarledError } from '@farled/contract';

/** @throws FarledError Unauthorized, the same for a missing and for a wrong token. */
export function authenticate(authorization: string | undefined, ownerTokenDigest: string): void {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  const digest = createHash('sha256').update(token).digest();
  if (!timingSafeEqual(digest, Buffer.from(ownerTokenDigest, 'hex'))) {
    throw new FarledError('Unauthorized', 'The bearer token is missing or not valid.', {
      suggestion: 'Send the token in the file owner-token of the Farled home as "Authorization: Bearer TOKEN".',
    });
  }
}
