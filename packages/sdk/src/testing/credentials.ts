/** Keys and tokens of services in the test double: a service takes its two keys, or the token that was issued last. */
import { randomUUID } from 'node:crypto';

import { FarledError } from '@farled/contract';

import type { Handlers } from './handlers.ts';
import { found, type TestState } from './state.ts';

type CredentialHandlers = Pick<
  Handlers,
  'listServiceKeys' | 'regenerateServiceKey' | 'getServiceToken' | 'revokeServiceTokens'
>;

const LIFETIME_SECONDS = 43_200;

export function credentialHandlers(state: TestState): CredentialHandlers {
  const takesTokens = (name: string): boolean =>
    found(state.services.get(name), 'ServiceNotFound', `service "${name}"`).settings.tokenAuthEnabled;
  return {
    listServiceKeys: ({ params }) => {
      if (takesTokens(params.service)) {
        throw new FarledError('AuthenticationKindDiffers', `Service "${params.service}" takes no keys.`);
      }
      return [200, found(state.keys.get(params.service), 'ServiceNotFound', `service "${params.service}"`)];
    },
    regenerateServiceKey: ({ params, body }) => {
      const present = found(state.keys.get(params.service), 'ServiceNotFound', `service "${params.service}"`);
      const field = body.keyType === 'Primary' ? 'primaryKey' : 'secondaryKey';
      const changed = { ...present, [field]: body.keyValue ?? `new-${body.keyType}-key` };
      state.keys.set(params.service, changed);
      return [200, changed];
    },
    getServiceToken: ({ params }) => {
      if (!takesTokens(params.service)) {
        throw new FarledError('AuthenticationKindDiffers', `Service "${params.service}" has no tokens.`);
      }
      const accessToken = `token-${randomUUID()}`;
      state.tokens.set(params.service, accessToken);
      const now = Math.floor(Date.now() / 1000);
      return [
        200,
        {
          accessToken,
          tokenType: 'Bearer',
          refreshAfter: now + LIFETIME_SECONDS / 2,
          expiryOn: now + LIFETIME_SECONDS,
        },
      ];
    },
    revokeServiceTokens: ({ params }) => {
      state.tokens.delete(params.service);
      return [200, { notBefore: Math.floor(Date.now() / 1000) + 1 }];
    },
  };
}
