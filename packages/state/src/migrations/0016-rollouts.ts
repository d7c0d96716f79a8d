import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The latest rollout of an endpoint, with what was observed of it. */
export const rollouts: Migration = {
  up: async (db: Kysely<unknown>) => {
    await db.schema.alterTable('endpoints').addColumn('rollout', 'text').execute();
  },
};
