import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Resource groups, which outlive the workspaces in them; those of workspaces that are there come to be with the table. */
export const resourceGroups: Migration = {
  up: async (db: Kysely<unknown>) => {
    await db.schema
      .createTable('resourceGroups')
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('subscriptionId', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('location', 'text', (column) => column.notNull())
      .addColumn('tags', 'text', (column) => column.notNull())
      .addColumn('createdTime', 'text', (column) => column.notNull())
      .execute();
    await sql`
      insert into resource_groups (key, subscription_id, name, location, tags, created_time)
      select lower(subscription_id || '/' || resource_group), min(subscription_id), min(resource_group), min(location), '{}', min(created_time)
      from workspaces
      group by lower(subscription_id || '/' || resource_group)
    `.execute(db);
  },
};
