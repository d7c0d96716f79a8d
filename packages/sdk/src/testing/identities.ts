import { randomUUID } from 'node:crypto';

import { type Identity, type RoleAssignment, TENANT_ID } from '@farled/contract';

import type { Handlers } from './handlers.ts';
import { found, now } from './state.ts';

type Name =
  | 'listIdentities'
  | 'createIdentity'
  | 'getIdentity'
  | 'deleteIdentity'
  | 'resetIdentitySecret'
  | 'assignRole'
  | 'revokeRole';

export function identityHandlers(): Pick<Handlers, Name> {
  const identities = new Map<string, Identity>();
  const get = (name: string): Identity => found(identities.get(name), 'IdentityNotFound', `identity "${name}"`);
  const set = (identity: Identity): Identity => {
    identities.set(identity.name, identity);
    return identity;
  };
  const others = (roles: readonly RoleAssignment[], { role, scope }: RoleAssignment): RoleAssignment[] =>
    roles.filter((held) => held.role !== role || held.scope !== scope);
  return {
    listIdentities: () => [200, { value: [...identities.values()].toReversed() }],
    createIdentity: ({ body: { name, kind, role, scope, password } }) => {
      const roles = role === undefined ? [] : [{ role, scope }];
      const times = { createdTime: now(), secretTime: now() };
      const made = set({ id: randomUUID(), tenantId: TENANT_ID, name, kind, roles, ...times });
      return [201, { ...made, secret: password === undefined ? 'made-secret' : null }];
    },
    getIdentity: ({ params }) => [200, get(params.identity)],
    deleteIdentity: ({ params }) => {
      identities.delete(get(params.identity).name);
      return [204];
    },
    resetIdentitySecret: ({ params, body }) => [
      200,
      { ...get(params.identity), secret: body.password === undefined ? 'another-secret' : null },
    ],
    assignRole: ({ params, body }) => {
      const identity = get(params.identity);
      return [200, set({ ...identity, roles: [...others(identity.roles, body), body] })];
    },
    revokeRole: ({ params, query }) => {
      const identity = get(params.identity);
      return [200, set({ ...identity, roles: others(identity.roles, query) })];
    },
  };
}
