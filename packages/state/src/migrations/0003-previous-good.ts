import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What a service can be rolled back to. */
export const previousGood: Migration = {
  up: async (db: Kysely<unknown>) => {
    await db.schema.alterTable('services').addColumn('previousGood', 'text').execute();
  },
};
