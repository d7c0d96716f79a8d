import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Which nodes of a Kubernetes services may run on. */
export const placement: Migration = {
  up: async (db: Kysely<unknown>) => {
    await db.schema.alterTable('computes').addColumn('placement', 'text').execute();
  },
};
