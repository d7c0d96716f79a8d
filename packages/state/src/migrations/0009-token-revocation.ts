import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** From when on tokens of a service are taken. */
export const tokenRevocation: Migration = {
  up: async (db: Kysely<unknown>) => {
    await db.schema
      .alterTable('services')
      .addColumn('tokensNotBefore', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute();
  },
};
