import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What opens the registry of an environment's base image, sealed. */
export const registryPasswords: Migration = {
  up: async (db: Kysely<unknown>) => {
    await db.schema.alterTable('environments').addColumn('registryPassword', 'text').execute();
  },
};
