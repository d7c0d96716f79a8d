import { FarledError, type Identity, TENANT_ID } from '@farled/contract';
import { digestPassword, digestSecret, makeSecret } from '@farled/identity';
import type { IdentityRecord } from '@farled/state';

import type { HandlersOf } from '../handler.ts';
import type { AppParts } from '../parts.ts';

export function identityHandlers({ state }: AppParts): HandlersOf<'identities'> {
  return {
    listIdentities: async ({ query }) => {
      const page = await state.identities.list(query);
      return [200, { ...page, value: page.value.map(toIdentity) }];
    },
    createIdentity: async ({ body: { name, kind, role, scope, password } }) => {
      const { secret, secretDigest } = await newSecret(kind, password);
      const identity = await state.transaction(async ({ identities }) => {
        const { id } = await identities.create({ name, kind, secretDigest });
        return role === undefined ? identities.get(id) : identities.assign(id, { role, scope });
      });
      return [201, { ...toIdentity(identity), secret }];
    },
    getIdentity: async ({ params }) => [200, toIdentity(await state.identities.get(params.identity))],
    deleteIdentity: async ({ params }) => {
      const { id } = await state.identities.get(params.identity);
      await state.identities.delete(id);
      return [204];
    },
    resetIdentitySecret: async ({ params, body: { password } }) => {
      const { id, name, kind } = await state.identities.get(params.identity);
      if (password !== undefined && kind !== 'user') {
        throw new FarledError('BadArgument', `"${name}" is a service principal: its secret is made by the server.`, {
          suggestion: 'Leave the password out.',
        });
      }
      const { secret, secretDigest } = await newSecret(kind, password);
      return [200, { ...toIdentity(await state.identities.setSecret(id, secretDigest)), secret }];
    },
    assignRole: async ({ params, body }) => {
      const { id } = await state.identities.get(params.identity);
      return [200, toIdentity(await state.identities.assign(id, body))];
    },
    revokeRole: async ({ params, query }) => {
      const { id } = await state.identities.get(params.identity);
      return [200, toIdentity(await state.identities.revoke(id, query))];
    },
  };
}

/** Null when the caller chose it and knows it. */
async function newSecret(
  kind: IdentityRecord['kind'],
  chosen: string | undefined,
): Promise<{ secret: string | null; secretDigest: string }> {
  const secret = chosen ?? makeSecret();
  // Of users all alike: how long a login takes must not tell which of them there are.
  const secretDigest = kind === 'user' ? await digestPassword(secret) : digestSecret(secret);
  return { secret: chosen === undefined ? secret : null, secretDigest };
}

function toIdentity({ id, name, kind, roles, createdTime, secretTime }: IdentityRecord): Identity {
  return { id, tenantId: TENANT_ID, name, kind, roles: [...roles], createdTime, secretTime };
}
