/** The two keys of each service, encrypted at rest and bound to their service. */
import { FarledError, type ServiceKeys } from '@farled/contract';

import type { Session } from '../session.ts';

export interface KeyStore {
  set(serviceId: string, keys: ServiceKeys): Promise<void>;
  /** @throws FarledError ServiceNotFound. */
  get(serviceId: string): Promise<ServiceKeys>;
  /** Replaces one of them; the other stays, so that clients can change over without a refused request. */
  replace(serviceId: string, which: keyof ServiceKeys, value: string): Promise<ServiceKeys>;
}

export function keyStore(session: Session): KeyStore {
  const { db, secrets } = session;

  const set = async (serviceId: string, keys: ServiceKeys): Promise<void> => {
    const sealed = {
      primaryKey: secrets.seal(keys.primaryKey, serviceId),
      secondaryKey: secrets.seal(keys.secondaryKey, serviceId),
    };
    await db
      .insertInto('serviceKeys')
      .values({ serviceId, ...sealed })
      .onConflict((conflict) => conflict.column('serviceId').doUpdateSet(sealed))
      .execute();
    session.announce({ kind: 'service', id: serviceId });
  };
  return {
    set,
    get: async (serviceId) => {
      const row = await db.selectFrom('serviceKeys').selectAll().where('serviceId', '=', serviceId).executeTakeFirst();
      if (row === undefined) {
        throw new FarledError('ServiceNotFound', `There are no keys of a service with the id ${serviceId}.`);
      }
      return {
        primaryKey: secrets.open(row.primaryKey, serviceId),
        secondaryKey: secrets.open(row.secondaryKey, serviceId),
      };
    },
    replace: (serviceId, which, value) =>
      session.atomically(async (inner) => {
        const store = keyStore(inner);
        const keys = { ...(await store.get(serviceId)), [which]: value };
        await store.set(serviceId, keys);
        return keys;
      }),
  };
}
