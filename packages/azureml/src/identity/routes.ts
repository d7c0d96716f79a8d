import { FarledError } from '@farled/contract';
import { type Caller, DEFAULT_TENANT, OWNER_ID } from '@farled/identity';

import { json } from '../answer.ts';
import type { CompatibleParts } from '../parts.ts';
import { type CompatibleRequest, type CompatibleRoute, SUPPORTED } from '../route.ts';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

export function identityRoutes({ tokens, clock }: CompatibleParts): readonly CompatibleRoute[] {
  const managedIdentity = async ({ remoteAddress, body, query }: CompatibleRequest) => {
    if (!LOOPBACK.has(remoteAddress)) {
      throw new FarledError('Forbidden', 'Only programs on the machine of this Farled have its identity.', {
        suggestion: 'Use a service principal: `farled identity create`.',
      });
    }
    const owner: Caller = { id: OWNER_ID, name: 'owner', tenantId: DEFAULT_TENANT };
    const { token, expiresOn } = await tokens.issue(owner);
    const resource = (body as { readonly resource?: string } | undefined)?.resource ?? query['resource'];
    return json({
      access_token: token,
      token_type: 'Bearer',
      expires_on: String(expiresOn),
      expires_in: String(expiresOn - Math.floor(clock.now() / 1000)),
      resource,
    });
  };
  const common = {
    row: 'A6',
    path: '/msi/token',
    client: 'MSI_ENDPOINT',
    support: SUPPORTED,
    dialect: 'oauth',
    need: null,
    answer: managedIdentity,
  } as const;
  return [
    { ...common, method: 'GET' },
    { ...common, method: 'POST', body: 'form' },
  ];
}
