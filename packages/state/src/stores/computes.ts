/** Compute targets. */
import { type ClusterFacts, FarledError, type Placement } from '@farled/contract';
import { isoTime } from '@farled/service';

import { nearestNames } from '../nearest.ts';
import type { ComputeChange, ComputeRecord, NewCompute } from '../records.ts';
import type { Session } from '../session.ts';
import { type Page, type PageRequest, toPage } from '../skip-tokens.ts';
import { refuseAttached } from './cluster-identity.ts';
import { clusterStore } from './clusters.ts';
import { suggestion } from './workspaces.ts';

export interface ComputeStore {
  /**
   * Starts as `Creating`; its cluster must be known.
   *
   * @throws FarledError ComputeAlreadyExists; ClusterInUse when the cluster is attached already.
   */
  create(compute: NewCompute): Promise<ComputeRecord>;
  /** Marks it as being updated; its services are announced, because they may have to be elsewhere now. */
  change(id: string, change: ComputeChange): Promise<void>;
  /** For those who have something to do before they create one. @throws FarledError ComputeAlreadyExists. */
  refuseTaken(workspaceId: string, name: string): Promise<void>;
  byId(id: string): Promise<ComputeRecord | undefined>;
  find(workspaceId: string, name: string): Promise<ComputeRecord | undefined>;
  /** @throws FarledError ComputeNotFound naming those there are. */
  get(workspaceId: string, name: string): Promise<ComputeRecord>;
  list(workspaceId: string, page: PageRequest): Promise<Page<ComputeRecord>>;
  all(): Promise<readonly ComputeRecord[]>;
  setProvisioning(
    id: string,
    state: ComputeRecord['provisioningState'],
    errors: ComputeRecord['provisioningErrors'],
  ): Promise<void>;
  /** Where its router can be reached; null while it can't. Announced when it differs from what is recorded. */
  setScoringUrl(id: string, scoringUrl: string | null): Promise<void>;
  /** Marks it as going. @throws FarledError ComputeInUse naming the services on it. */
  markDeleting(id: string, operationId: string): Promise<void>;
  /** One that is gone is fine. @throws FarledError ComputeInUse naming the services on it. */
  remove(id: string): Promise<void>;
}

export function computeStore(session: Session): ComputeStore {
  const { db, clock, skipTokens } = session;

  const rows = () =>
    db
      .selectFrom('computes')
      .innerJoin('workspaces', 'workspaces.id', 'computes.workspaceId')
      .innerJoin('clusters', 'clusters.resourceKey', 'computes.clusterKey')
      .selectAll('computes')
      .select(['workspaces.subscriptionId', 'workspaces.resourceGroup', 'workspaces.name as workspaceName'])
      .select(['clusters.kind as clusterKind', 'clusters.agentCount', 'clusters.vmSize', 'clusters.facts']);
  type Row = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>;

  const toRecord = (row: Row): ComputeRecord => ({
    id: row.id,
    workspaceId: row.workspaceId,
    workspace: {
      subscriptionId: row.subscriptionId,
      resourceGroup: row.resourceGroup,
      workspace: row.workspaceName,
    },
    name: row.name,
    clusterResourceId: row.clusterResourceId,
    clusterKind: row.clusterKind,
    kubernetes: row.facts === null ? null : (JSON.parse(row.facts) as ClusterFacts),
    attached: row.attached === 1,
    clusterPurpose: row.clusterPurpose,
    agentCount: row.agentCount,
    vmSize: row.vmSize,
    location: row.location,
    loadBalancerType: row.loadBalancerType,
    loadBalancerSubnet: row.loadBalancerSubnet,
    serviceType: row.serviceType,
    scoringUrl: row.scoringUrl,
    namespace: row.namespace,
    placement: row.placement === null ? null : (JSON.parse(row.placement) as Placement),
    description: row.description,
    tags: JSON.parse(row.tags) as Record<string, string>,
    provisioningState: row.provisioningState,
    provisioningErrors: JSON.parse(row.provisioningErrors) as ComputeRecord['provisioningErrors'],
    operationId: row.operationId,
    createdTime: row.createdTime,
    modifiedTime: row.modifiedTime,
  });
  const first = async (query: ReturnType<typeof rows>): Promise<ComputeRecord | undefined> => {
    const row = await query.executeTakeFirst();
    return row === undefined ? undefined : toRecord(row);
  };
  const find = (workspaceId: string, name: string): Promise<ComputeRecord | undefined> =>
    first(rows().where('workspaceId', '=', workspaceId).where('nameKey', '=', name.toLowerCase()));
  const byId = (id: string): Promise<ComputeRecord | undefined> => first(rows().where('computes.id', '=', id));

  const refuseTaken = async (workspaceId: string, name: string): Promise<void> => {
    if ((await find(workspaceId, name)) !== undefined) {
      throw new FarledError('ComputeAlreadyExists', `There is a compute target "${name}" already.`, {
        suggestion: 'Use it, detach it first, or choose another name.',
      });
    }
  };

  return {
    find,
    byId,
    refuseTaken,
    create: (compute) =>
      session.atomically(async (inner) => {
        const store = computeStore(inner);
        await store.refuseTaken(compute.workspaceId, compute.name);
        const clusterKey = compute.clusterResourceId.toLowerCase();
        const clusters = clusterStore(inner);
        refuseAttached(await clusters.get(compute.clusterResourceId), await clusters.attached());
        const now = isoTime(clock);
        const { attached, ...fields } = compute;
        await inner.db
          .insertInto('computes')
          .values({
            ...columnsOf(fields),
            nameKey: compute.name.toLowerCase(),
            clusterKey,
            attached: attached ? 1 : 0,
            provisioningState: 'Creating',
            provisioningErrors: '[]',
            createdTime: now,
            modifiedTime: now,
          })
          .execute();
        inner.announce({ kind: 'compute', id: compute.id });
        return store.get(compute.workspaceId, compute.name);
      }),
    change: (id, change) =>
      session.atomically(async (inner) => {
        await inner.db
          .updateTable('computes')
          .set({
            ...columnsOf(change),
            provisioningState: 'Updating',
            provisioningErrors: '[]',
            modifiedTime: isoTime(clock),
          })
          .where('id', '=', id)
          .execute();
        inner.announce({ kind: 'compute', id });
        const services = await inner.db
          .selectFrom('services')
          .select('id')
          .where(({ or, eb }) => or([eb('computeId', '=', id), eb('lastGoodComputeId', '=', id)]))
          .execute();
        for (const service of services) {
          inner.announce({ kind: 'service', id: service.id });
        }
      }),
    get: async (workspaceId, name) => {
      const found = await find(workspaceId, name);
      if (found !== undefined) {
        return found;
      }
      const known = await db.selectFrom('computes').select('name').where('workspaceId', '=', workspaceId).execute();
      const names = known.map((row) => row.name);
      throw new FarledError('ComputeNotFound', `There is no compute target "${name}" in this workspace.`, {
        suggestion: suggestion(
          'compute target',
          nearestNames(name, names),
          `Create one with \`farled computetarget create aks -n ${name}\`.`,
        ),
      });
    },
    list: async (workspaceId, page) => {
      const after = page.skipToken === undefined ? undefined : skipTokens.read('computes', page.skipToken);
      let query = rows()
        .where('workspaceId', '=', workspaceId)
        .orderBy('computes.seq', 'desc')
        .limit(page.count + 1);
      if (after !== undefined) {
        query = query.where('computes.seq', '<', Number(after[0]));
      }
      return toPage(skipTokens, 'computes', page, await query.execute(), (row) => [row.seq], toRecord);
    },
    all: async () => (await rows().execute()).map(toRecord),
    setProvisioning: async (id, provisioningState, errors) => {
      await db
        .updateTable('computes')
        .set({ provisioningState, provisioningErrors: JSON.stringify(errors), modifiedTime: isoTime(clock) })
        .where('id', '=', id)
        .execute();
      session.announce({ kind: 'compute', id });
    },
    setScoringUrl: async (id, scoringUrl) => {
      const present = await byId(id);
      if (present === undefined || present.scoringUrl === scoringUrl) {
        return;
      }
      await db
        .updateTable('computes')
        .set({ scoringUrl, modifiedTime: isoTime(clock) })
        .where('id', '=', id)
        .execute();
      session.announce({ kind: 'compute', id });
    },
    markDeleting: (id, operationId) =>
      session.atomically(async (inner) => {
        await refuseInUse(inner, id);
        await inner.db
          .updateTable('computes')
          .set({ provisioningState: 'Deleting', operationId, modifiedTime: isoTime(clock) })
          .where('id', '=', id)
          .execute();
        inner.announce({ kind: 'compute', id });
      }),
    remove: (id) =>
      session.atomically(async (inner) => {
        await refuseInUse(inner, id);
        await inner.db.deleteFrom('computes').where('id', '=', id).execute();
        inner.announce({ kind: 'compute', id });
      }),
  };
}

function columnsOf<Fields extends Pick<ComputeChange, 'tags' | 'placement'>>({ tags, placement, ...fields }: Fields) {
  return {
    ...fields,
    tags: JSON.stringify(tags),
    placement: placement === null ? null : JSON.stringify(placement),
  };
}

async function refuseInUse({ db }: Session, id: string): Promise<void> {
  const users = await db
    .selectFrom('services')
    .innerJoin('computes', (join) =>
      join.on(({ or, eb }) =>
        or([
          eb('computes.id', '=', eb.ref('services.computeId')),
          eb('computes.id', '=', eb.ref('services.lastGoodComputeId')),
        ]),
      ),
    )
    .select(['services.name as service', 'computes.name as compute'])
    .where('computes.id', '=', id)
    .execute();
  const [first] = users;
  if (first !== undefined) {
    const names = users.map(({ service }) => `"${service}"`).join(', ');
    throw new FarledError('ComputeInUse', `Compute target "${first.compute}" still runs service ${names}.`, {
      suggestion: 'Delete the service first.',
    });
  }
}
