/** The identity that programs on the machine of this Farled have without saying who they are. */
import { FarledError } from '@farled/contract';
import { type AccessTokens, type Caller, DEFAULT_TENANT, isSecretOf, OWNER } from '@farled/identity';
import type { Clock } from '@farled/service';
import type { IdentityStore } from '@farled/state';

import { type CompatibleAnswer, json } from '../answer.ts';
import type { CompatibleRequest } from '../route.ts';

interface ManagedIdentityParts {
  readonly tokens: AccessTokens;
  readonly clock: Clock;
  readonly identities: IdentityStore;
}

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

type Asked = Pick<CompatibleRequest, 'remoteAddress' | 'headers' | 'query' | 'body'>;

/** @throws FarledError Forbidden from elsewhere, BadArgument without a header that says it is meant, Unauthorized. */
export async function managedIdentity(
  { remoteAddress, headers, query, body }: Asked,
  { tokens, clock, identities }: ManagedIdentityParts,
): Promise<CompatibleAnswer> {
  // A proxy on this machine brings requests of others.
  const forwarded = headers['forwarded'] ?? headers['x-forwarded-for'];
  if (!LOOPBACK.has(remoteAddress) || forwarded !== undefined) {
    throw new FarledError('Forbidden', 'Only programs on the machine of this Farled have its identity.', {
      suggestion: 'Use a service principal: `farled identity create`.',
    });
  }
  const secret = text(headers['secret']);
  // A browser, or a server that is made to fetch an address, sends neither.
  if (text(headers['metadata'])?.toLowerCase() !== 'true' && secret === undefined) {
    throw new FarledError(
      'BadArgument',
      'The request has neither the header "Metadata: true" nor the header "secret".',
      {
        suggestion: 'Set MSI_ENDPOINT and let azureml-core ask.',
      },
    );
  }
  const caller = await callerOf(query['key'] ?? secret, identities);
  const { token, expiresOn } = await tokens.issue(caller);
  const resource = (body as { readonly resource?: string } | undefined)?.resource ?? query['resource'];
  return json(
    {
      access_token: token,
      token_type: 'Bearer',
      expires_on: String(expiresOn),
      expires_in: String(expiresOn - Math.floor(clock.now() / 1000)),
      resource,
    },
    200,
    { 'cache-control': 'no-store' },
  );
}

/** Without a key the owner, whose machine it is; with `CLIENT_ID:SECRET` that service principal. */
async function callerOf(key: string | undefined, identities: IdentityStore): Promise<Caller> {
  if (key === undefined || key === '') {
    return OWNER;
  }
  const at = key.indexOf(':');
  const identity = at === -1 ? undefined : await identities.find(key.slice(0, at));
  if (identity?.kind !== 'servicePrincipal' || !(await isSecretOf(identity.secretDigest, key.slice(at + 1)))) {
    throw new FarledError('Unauthorized', 'The key is not CLIENT_ID:SECRET of a service principal here.', {
      suggestion: 'Leave MSI_SECRET (or ?key=) out to be the owner, or write it so.',
    });
  }
  return { id: identity.id, name: identity.name, tenantId: DEFAULT_TENANT };
}

function text(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' && header !== '' ? header : undefined;
}
