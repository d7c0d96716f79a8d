import type { Clock } from '@farled/service';
/** Where the authorization server keeps sessions, grants, codes and refresh tokens: in the record, so that they last. */
import type { IdentityStore, LoginRecord, LoginStore } from '@farled/state';
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';

import { toClient } from './clients.ts';

export interface LoginAdapterParts {
  readonly identities: IdentityStore;
  readonly logins: LoginStore;
  readonly clock: Clock;
  /** Of the request that is answered; undefined where there is none. */
  readonly tenantId: () => string | undefined;
}

/** What is given out under one tenant is taken under that one only. */
const OF_A_TENANT: ReadonlySet<string> = new Set(['AuthorizationCode', 'DeviceCode']);
/** Of what the library gives no time. */
const LONGEST_SECONDS = 24 * 60 * 60;

interface Kept {
  readonly payload: AdapterPayload;
  readonly tenantId?: string | undefined;
}

/** @param kind the library's name of what is kept: `RefreshToken`. */
export function loginAdapter(kind: string, { identities, logins, clock, tenantId }: LoginAdapterParts): Adapter {
  const read = (login: LoginRecord | undefined): AdapterPayload | undefined => {
    if (login === undefined) {
      return undefined;
    }
    const kept = JSON.parse(login.payload) as Kept;
    if (OF_A_TENANT.has(kind) && kept.tenantId !== tenantId()) {
      return undefined;
    }
    return { ...kept.payload, ...(login.consumedAt === null ? {} : { consumed: login.consumedAt }) };
  };
  return {
    upsert: async (id, payload, expiresIn) => {
      const { accountId, grantId, uid, userCode } = payload;
      const kept: Kept = { payload, tenantId: OF_A_TENANT.has(kind) ? tenantId() : undefined };
      await logins.put(kind, id, {
        identityId: accountId,
        grantId,
        uid,
        userCode,
        payload: JSON.stringify(kept),
        expiresAt: Math.floor(clock.now() / 1000) + (expiresIn || LONGEST_SECONDS),
      });
    },
    find: async (id) => {
      if (kind !== 'Client') {
        return read(await logins.find(kind, 'id', id));
      }
      const identity = await identities.find(id);
      // By its id only: a name is not what a program is known by.
      return identity?.kind === 'servicePrincipal' && identity.id === id.toLowerCase() ? toClient(identity) : undefined;
    },
    findByUid: async (uid) => read(await logins.find(kind, 'uid', uid)),
    findByUserCode: async (userCode) => read(await logins.find(kind, 'userCode', userCode)),
    consume: async (id) => {
      if (!(await logins.consume(kind, id))) {
        throw new errors.InvalidGrant('it was used already');
      }
    },
    destroy: (id) => logins.remove(kind, id),
    revokeByGrantId: (grantId) => logins.removeGrant(grantId),
  };
}
