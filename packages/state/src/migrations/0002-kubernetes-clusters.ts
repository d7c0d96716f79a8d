import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What a Kubernetes needs beside what this machine needs. One column at a time, because SQLite changes no more at once. */
export const kubernetesClusters: Migration = {
  up: async (db: Kysely<unknown>) => {
    const clusters = db.schema.alterTable('clusters');
    await clusters.addColumn('connection', 'text').execute();
    await clusters.addColumn('facts', 'text').execute();

    const computes = db.schema.alterTable('computes');
    await computes.addColumn('scoringUrl', 'text').execute();
    await computes.addColumn('serviceType', 'text', (column) => column.notNull().defaultTo('LoadBalancer')).execute();
    await computes.addColumn('loadBalancerSubnet', 'text').execute();
    // The cluster says it, and the size of a Kubernetes changes.
    await computes.dropColumn('agentCount').execute();
    await computes.dropColumn('vmSize').execute();
  },
};
