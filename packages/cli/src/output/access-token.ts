/** A token as commands print it. */
import type { AccessToken } from '@farled/sdk';

export function accessTokenValue({ accessToken, tokenType, refreshAfter, expiryOn }: AccessToken) {
  return {
    accessToken,
    tokenType,
    refreshAfter: refreshAfter.toISOString(),
    expiryOn: expiryOn.toISOString(),
  };
}
