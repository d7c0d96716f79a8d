/** Endpoints: how requests are shared between services that are their versions, and who may score. */
import { FarledError, type ServiceKeys } from '@farled/contract';
import { isoTime } from '@farled/service';

import { hasLabels, type LabelFilter, writeLabels } from '../labels.ts';
import { nearestNames } from '../nearest.ts';
import type { EndpointChange, EndpointRecord, NewEndpoint, RolloutRecord } from '../records.ts';
import type { Session } from '../session.ts';
import { type Page, type PageRequest, toPage } from '../skip-tokens.ts';
import { suggestion } from './workspaces.ts';

/** Whatever changes of an endpoint is announced for its versions too: their routes carry its credentials. */
export interface EndpointStore {
  /** Its compute target must exist. @throws FarledError EndpointAlreadyExists. */
  create(endpoint: NewEndpoint, keys: ServiceKeys): Promise<EndpointRecord>;
  byId(id: string): Promise<EndpointRecord | undefined>;
  find(workspaceId: string, name: string): Promise<EndpointRecord | undefined>;
  /** @throws FarledError EndpointNotFound naming those that are like it. */
  get(workspaceId: string, name: string): Promise<EndpointRecord>;
  /** Last changed first. */
  list(workspaceId: string, filter: LabelFilter, page: PageRequest): Promise<Page<EndpointRecord>>;
  all(): Promise<readonly EndpointRecord[]>;
  /** Whether an endpoint of another workspace on this machine has the name: its router serves each name once. */
  nameTaken(name: string, exceptWorkspaceId: string): Promise<boolean>;
  /** Absent is unchanged. */
  change(id: string, change: EndpointChange): Promise<EndpointRecord>;
  /** What was observed, which nobody has to be told of. */
  recordRollout(id: string, rollout: RolloutRecord): Promise<void>;
  markDeleting(id: string, operationId: string): Promise<void>;
  keys(id: string): Promise<ServiceKeys>;
  /** Keys that are not said stay. */
  setKeys(id: string, keys: Partial<ServiceKeys>): Promise<ServiceKeys>;
  /** Has every token that was issued until now refused. Answers from which second on tokens are taken. */
  revokeTokens(id: string): Promise<number>;
  /** Its versions must be gone; an endpoint that is gone is fine. */
  remove(id: string): Promise<void>;
}

export function endpointStore(session: Session): EndpointStore {
  const { db, clock, skipTokens, secrets } = session;

  const rows = () =>
    db
      .selectFrom('endpoints')
      .innerJoin('workspaces', 'workspaces.id', 'endpoints.workspaceId')
      .innerJoin('computes', 'computes.id', 'endpoints.computeId')
      .selectAll('endpoints')
      .select([
        'workspaces.subscriptionId',
        'workspaces.resourceGroup',
        'workspaces.name as workspaceName',
        'computes.name as computeName',
      ]);
  type Row = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>;

  const toRecord = (row: Row): EndpointRecord => ({
    id: row.id,
    workspaceId: row.workspaceId,
    workspace: { subscriptionId: row.subscriptionId, resourceGroup: row.resourceGroup, workspace: row.workspaceName },
    name: row.name,
    computeName: row.computeName,
    description: row.description,
    tags: JSON.parse(row.tags) as EndpointRecord['tags'],
    properties: JSON.parse(row.properties) as EndpointRecord['properties'],
    authEnabled: row.authEnabled === 1,
    tokenAuthEnabled: row.tokenAuthEnabled === 1,
    sharing: JSON.parse(row.sharing) as EndpointRecord['sharing'],
    rollout: row.rollout === null ? null : (JSON.parse(row.rollout) as EndpointRecord['rollout']),
    tokensNotBefore: row.tokensNotBefore,
    deleting: row.deleting === 1,
    operationId: row.operationId,
    createdTime: row.createdTime,
    updatedTime: row.updatedTime,
  });
  const first = async (query: ReturnType<typeof rows>): Promise<EndpointRecord | undefined> => {
    const row = await query.executeTakeFirst();
    return row === undefined ? undefined : toRecord(row);
  };
  const byId = (id: string): Promise<EndpointRecord | undefined> => first(rows().where('endpoints.id', '=', id));
  const find = (workspaceId: string, name: string): Promise<EndpointRecord | undefined> =>
    first(rows().where('endpoints.workspaceId', '=', workspaceId).where('endpoints.name', '=', name));
  const sealed = (id: string, { primaryKey, secondaryKey }: Partial<ServiceKeys>) => ({
    ...(primaryKey === undefined ? {} : { primaryKey: secrets.seal(primaryKey, id) }),
    ...(secondaryKey === undefined ? {} : { secondaryKey: secrets.seal(secondaryKey, id) }),
  });
  const keys = async (id: string): Promise<ServiceKeys> => {
    const row = await db
      .selectFrom('endpoints')
      .select(['primaryKey', 'secondaryKey'])
      .where('id', '=', id)
      .executeTakeFirst();
    if (row === undefined) {
      throw new FarledError('EndpointNotFound', `There are no keys of an endpoint with the id ${id}.`);
    }
    return { primaryKey: secrets.open(row.primaryKey, id), secondaryKey: secrets.open(row.secondaryKey, id) };
  };

  return {
    byId,
    find,
    keys,
    create: ({ computeName, tags, properties, sharing, authEnabled, tokenAuthEnabled, ...endpoint }, newKeys) =>
      session.atomically(async (inner) => {
        const { id, workspaceId, name } = endpoint;
        const store = endpointStore(inner);
        if ((await store.find(workspaceId, name)) !== undefined) {
          throw new FarledError('EndpointAlreadyExists', `There is an endpoint "${name}" already.`, {
            suggestion: 'Add a version to it, deploy with overwrite, or choose another name.',
          });
        }
        const compute = await inner.db
          .selectFrom('computes')
          .select('id')
          .where('workspaceId', '=', workspaceId)
          .where('nameKey', '=', computeName.toLowerCase())
          .executeTakeFirstOrThrow();
        const now = isoTime(clock);
        await inner.db
          .insertInto('endpoints')
          .values({
            ...endpoint,
            computeId: compute.id,
            tags: JSON.stringify(tags),
            properties: JSON.stringify(properties),
            authEnabled: authEnabled ? 1 : 0,
            tokenAuthEnabled: tokenAuthEnabled ? 1 : 0,
            sharing: JSON.stringify(sharing),
            primaryKey: secrets.seal(newKeys.primaryKey, id),
            secondaryKey: secrets.seal(newKeys.secondaryKey, id),
            deleting: 0,
            createdTime: now,
            updatedTime: now,
          })
          .execute();
        await writeLabels(inner, id, { tags, properties });
        inner.announce({ kind: 'endpoint', id });
        return store.get(workspaceId, name);
      }),
    get: async (workspaceId, name) => {
      const found = await find(workspaceId, name);
      if (found !== undefined) {
        return found;
      }
      const known = await db.selectFrom('endpoints').select('name').where('workspaceId', '=', workspaceId).execute();
      throw new FarledError('EndpointNotFound', `There is no endpoint "${name}" in this workspace.`, {
        suggestion: suggestion(
          'endpoint',
          nearestNames(
            name,
            known.map((row) => row.name),
          ),
          `Deploy one with \`farled model deploy -n ${name} --compute-type aksendpoint\`.`,
        ),
      });
    },
    list: async (workspaceId, filter, page) => {
      let query = rows()
        .where('endpoints.workspaceId', '=', workspaceId)
        .where((builder) => hasLabels(builder, 'endpoints.id', filter))
        .orderBy('endpoints.updatedTime', 'desc')
        .orderBy('endpoints.seq', 'desc')
        .limit(page.count + 1);
      if (page.skipToken !== undefined) {
        const [updatedTime, seq] = skipTokens.read('endpoints', page.skipToken);
        query = query.where(({ or, and, eb }) =>
          or([
            eb('endpoints.updatedTime', '<', String(updatedTime)),
            and([eb('endpoints.updatedTime', '=', String(updatedTime)), eb('endpoints.seq', '<', Number(seq))]),
          ]),
        );
      }
      const found = await query.execute();
      return toPage(skipTokens, 'endpoints', page, found, (row) => [row.updatedTime, row.seq], toRecord);
    },
    all: async () => (await rows().orderBy('endpoints.seq').execute()).map(toRecord),
    nameTaken: async (name, exceptWorkspaceId) => {
      const row = await db
        .selectFrom('endpoints')
        .innerJoin('computes', 'computes.id', 'endpoints.computeId')
        .innerJoin('clusters', 'clusters.resourceKey', 'computes.clusterKey')
        .select('endpoints.id')
        .where('endpoints.name', '=', name)
        .where('endpoints.workspaceId', '!=', exceptWorkspaceId)
        .where('clusters.kind', '=', 'local')
        .executeTakeFirst();
      return row !== undefined;
    },
    change: (id, { operationId, ...change }) =>
      session.atomically(async (inner) => {
        const store = endpointStore(inner);
        const present = await require(inner, id);
        const said = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
        const next: EndpointRecord = { ...present, ...said };
        await inner.db
          .updateTable('endpoints')
          .set({
            description: next.description,
            tags: JSON.stringify(next.tags),
            properties: JSON.stringify(next.properties),
            authEnabled: next.authEnabled ? 1 : 0,
            tokenAuthEnabled: next.tokenAuthEnabled ? 1 : 0,
            sharing: JSON.stringify(next.sharing),
            rollout: next.rollout === null ? null : JSON.stringify(next.rollout),
            operationId,
            updatedTime: isoTime(clock),
          })
          .where('id', '=', id)
          .execute();
        await writeLabels(inner, id, next);
        await announce(inner, id);
        return store.get(present.workspaceId, present.name);
      }),
    recordRollout: async (id, rollout) => {
      await db
        .updateTable('endpoints')
        .set({ rollout: JSON.stringify(rollout) })
        .where('id', '=', id)
        .execute();
    },
    markDeleting: async (id, operationId) => {
      await db
        .updateTable('endpoints')
        .set({ deleting: 1, operationId, updatedTime: isoTime(clock) })
        .where('id', '=', id)
        .execute();
      await announce(session, id);
    },
    setKeys: async (id, said) => {
      const values = sealed(id, said);
      if (Object.keys(values).length > 0) {
        await db.updateTable('endpoints').set(values).where('id', '=', id).execute();
        await announce(session, id);
      }
      return keys(id);
    },
    revokeTokens: (id) =>
      session.atomically(async (inner) => {
        const { tokensNotBefore } = await require(inner, id);
        // As for services: the next second, and later than it was, whatever the clock says.
        const notBefore = Math.max(Math.floor(clock.now() / 1000), tokensNotBefore) + 1;
        await inner.db.updateTable('endpoints').set({ tokensNotBefore: notBefore }).where('id', '=', id).execute();
        await announce(inner, id);
        return notBefore;
      }),
    remove: (id) =>
      session.atomically(async (inner) => {
        await inner.db.deleteFrom('labels').where('ownerId', '=', id).execute();
        await inner.db.deleteFrom('endpoints').where('id', '=', id).execute();
        inner.announce({ kind: 'endpoint', id });
      }),
  };
}

async function require(session: Session, id: string): Promise<EndpointRecord> {
  const found = await endpointStore(session).byId(id);
  if (found === undefined) {
    throw new FarledError('EndpointNotFound', `There is no endpoint with the id ${id}.`);
  }
  return found;
}

/** Of its versions too: their routes carry its credentials. */
async function announce(session: Session, id: string): Promise<void> {
  session.announce({ kind: 'endpoint', id });
  const versions = await session.db.selectFrom('services').select('id').where('endpointId', '=', id).execute();
  for (const version of versions) {
    session.announce({ kind: 'service', id: version.id });
  }
}
