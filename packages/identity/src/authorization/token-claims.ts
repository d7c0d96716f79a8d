/** What tokens of the authorization server say, in the words of azureml-core. */
import type { IdentityRecord } from '@farled/state';

import { AUDIENCE, ISSUER } from '../access-tokens.ts';

interface Times {
  readonly iat?: number | undefined;
  readonly exp?: number | undefined;
}

/** Of an access token: just what `accessTokens` issues. */
export function accessClaims({ id, name }: Pick<IdentityRecord, 'id' | 'name'>, tenantId: string, { iat, exp }: Times) {
  return { iss: ISSUER, aud: AUDIENCE, sub: id, oid: id, tid: tenantId, name, iat, nbf: iat, exp };
}

/** Of an id token, beside what OpenID Connect puts into it. */
export function identityClaims({ id, name }: Pick<IdentityRecord, 'id' | 'name'>, tenantId: string) {
  return { sub: id, oid: id, tid: tenantId, name, preferred_username: name, upn: name };
}

/** contract A4: what MSAL finds a login of a person again by. */
export function clientInfo(uid: string, tenantId: string): string {
  return Buffer.from(JSON.stringify({ uid, utid: tenantId })).toString('base64url');
}
