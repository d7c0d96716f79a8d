/** Web services: what each is to be, and what the controller knows of it. */
import { FarledError, initialReplicas, parseModelId } from '@farled/contract';
import { isoTime } from '@farled/service';

import { canonicalJson } from '../canonical-json.ts';
import { hasLabels, writeLabels } from '../labels.ts';
import { nearestNames } from '../nearest.ts';
import type {
  GoodSpec,
  NewService,
  ServiceChange,
  ServiceFilter,
  ServiceRecord,
  ServiceSpec,
  ServiceStatus,
} from '../records.ts';
import type { Session } from '../session.ts';
import { type Page, type PageRequest, toPage } from '../skip-tokens.ts';
import type { ServiceModelRow } from '../tables.ts';
import { suggestion } from './workspaces.ts';

export interface ServiceStore {
  /** Its models, environment and compute target must exist. @throws FarledError ServiceAlreadyExists. */
  create(service: NewService): Promise<ServiceRecord>;
  byId(id: string): Promise<ServiceRecord | undefined>;
  find(workspaceId: string, name: string): Promise<ServiceRecord | undefined>;
  /** @throws FarledError ServiceNotFound naming those that are like it. */
  get(workspaceId: string, name: string): Promise<ServiceRecord>;
  /** Those that are no versions of endpoints, last changed first. */
  list(workspaceId: string, filter: ServiceFilter, page: PageRequest): Promise<Page<ServiceRecord>>;
  all(): Promise<readonly ServiceRecord[]>;
  /** The services that are versions of that endpoint, oldest first. */
  ofEndpoint(endpointId: string): Promise<readonly ServiceRecord[]>;
  /** Those whose wanted or last good spec runs on that compute target. */
  onCompute(computeId: string): Promise<readonly ServiceRecord[]>;
  /** Whether a service of another workspace on this machine has the name: its router serves each name once. */
  nameTaken(name: string, exceptWorkspaceId: string): Promise<boolean>;
  /** The generation grows when the spec differs from the present one, or when the present one failed and is tried anew. */
  change(id: string, change: ServiceChange): Promise<ServiceRecord>;
  markDeleting(id: string, operationId: string): Promise<void>;
  /** Announces only what differs from what is recorded. */
  recordStatus(id: string, status: ServiceStatus): Promise<void>;
  /** What was good before is kept as the previous one when it is another spec. */
  recordLastGood(id: string, lastGood: GoodSpec): Promise<void>;
  /** Has every token that was issued until now refused. Answers from which second on tokens are taken. */
  revokeTokens(id: string): Promise<number>;
  /** One that is gone is fine. */
  remove(id: string): Promise<void>;
}

export function serviceStore(session: Session): ServiceStore {
  const { db, clock, skipTokens } = session;

  const rows = () =>
    db
      .selectFrom('services')
      .innerJoin('workspaces', 'workspaces.id', 'services.workspaceId')
      .selectAll('services')
      .select(['workspaces.subscriptionId', 'workspaces.resourceGroup', 'workspaces.name as workspaceName']);
  type Row = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>;

  const toRecord = (row: Row): ServiceRecord => ({
    id: row.id,
    workspaceId: row.workspaceId,
    workspace: { subscriptionId: row.subscriptionId, resourceGroup: row.resourceGroup, workspace: row.workspaceName },
    name: row.name,
    version:
      row.endpointId === null || row.versionName === null
        ? null
        : { endpointId: row.endpointId, name: row.versionName },
    description: row.description,
    tags: JSON.parse(row.tags) as ServiceRecord['tags'],
    properties: JSON.parse(row.properties) as ServiceRecord['properties'],
    spec: JSON.parse(row.spec) as ServiceSpec,
    generation: row.generation,
    lastGood: row.lastGood === null ? null : (JSON.parse(row.lastGood) as GoodSpec),
    previousGood: row.previousGood === null ? null : (JSON.parse(row.previousGood) as GoodSpec),
    status: JSON.parse(row.status) as ServiceStatus,
    tokensNotBefore: row.tokensNotBefore,
    deleting: row.deleting === 1,
    operationId: row.operationId,
    createdTime: row.createdTime,
    updatedTime: row.updatedTime,
  });
  const first = async (query: ReturnType<typeof rows>): Promise<ServiceRecord | undefined> => {
    const row = await query.executeTakeFirst();
    return row === undefined ? undefined : toRecord(row);
  };
  const byId = (id: string): Promise<ServiceRecord | undefined> => first(rows().where('services.id', '=', id));
  const find = (workspaceId: string, name: string): Promise<ServiceRecord | undefined> =>
    first(rows().where('workspaceId', '=', workspaceId).where('services.name', '=', name));

  return {
    byId,
    find,
    create: (service) =>
      session.atomically(async (inner) => {
        const store = serviceStore(inner);
        const { id, workspaceId, name, description, tags, properties, spec, operationId, version } = service;
        if ((await store.find(workspaceId, name)) !== undefined) {
          throw new FarledError('ServiceAlreadyExists', `There is a service "${name}" already.`, {
            suggestion: 'Update it, deploy with overwrite, or choose another name.',
          });
        }
        const now = isoTime(clock);
        await inner.db
          .insertInto('services')
          .values({
            id,
            workspaceId,
            name,
            computeId: await computeIdOf(inner, workspaceId, spec),
            lastGoodComputeId: null,
            description,
            tags: JSON.stringify(tags),
            properties: JSON.stringify(properties),
            spec: JSON.stringify(spec),
            generation: 1,
            lastGood: null,
            previousGood: null,
            status: JSON.stringify(newStatus(spec)),
            deleting: 0,
            operationId,
            endpointId: version?.endpointId ?? null,
            versionName: version?.name ?? null,
            createdTime: now,
            updatedTime: now,
          })
          .execute();
        await writeModels(inner, { id, workspaceId }, 'wanted', spec);
        await writeLabels(inner, id, { tags, properties });
        inner.announce({ kind: 'service', id });
        return store.get(workspaceId, name);
      }),
    get: async (workspaceId, name) => {
      const found = await find(workspaceId, name);
      if (found !== undefined) {
        return found;
      }
      const known = await db
        .selectFrom('services')
        .select('name')
        .where('workspaceId', '=', workspaceId)
        .where('endpointId', 'is', null)
        .execute();
      const names = known.map((row) => row.name);
      throw new FarledError('ServiceNotFound', `There is no service "${name}" in this workspace.`, {
        suggestion: suggestion(
          'service',
          nearestNames(name, names),
          `Deploy one with \`farled model deploy -n ${name}\`.`,
        ),
      });
    },
    list: async (workspaceId, filter, page) => {
      let query = rows()
        .where('services.workspaceId', '=', workspaceId)
        .where('services.endpointId', 'is', null)
        .where((builder) => hasLabels(builder, 'services.id', filter))
        .orderBy('services.updatedTime', 'desc')
        .orderBy('services.seq', 'desc')
        .limit(page.count + 1);
      const { computeName } = filter;
      if (computeName !== undefined) {
        query = query.where(({ exists, selectFrom }) =>
          exists(
            selectFrom('computes')
              .select('computes.id')
              .whereRef('computes.id', '=', 'services.computeId')
              .where('computes.nameKey', '=', computeName.toLowerCase()),
          ),
        );
      }
      for (const model of wantedModels(filter)) {
        query = query.where(({ exists, selectFrom }) => {
          const uses = selectFrom('serviceModels')
            .select('serviceModels.modelName')
            .whereRef('serviceModels.serviceId', '=', 'services.id')
            .where('serviceModels.role', '=', 'wanted')
            .where('serviceModels.modelName', '=', model.name);
          return exists(
            model.version === undefined ? uses : uses.where('serviceModels.modelVersion', '=', model.version),
          );
        });
      }
      if (page.skipToken !== undefined) {
        const [updatedTime, seq] = skipTokens.read('services', page.skipToken);
        query = query.where(({ or, and, eb }) =>
          or([
            eb('services.updatedTime', '<', String(updatedTime)),
            and([eb('services.updatedTime', '=', String(updatedTime)), eb('services.seq', '<', Number(seq))]),
          ]),
        );
      }
      const found = await query.execute();
      return toPage(skipTokens, 'services', page, found, (row) => [row.updatedTime, row.seq], toRecord);
    },
    all: async () => (await rows().orderBy('services.seq').execute()).map(toRecord),
    ofEndpoint: async (endpointId) =>
      (await rows().where('services.endpointId', '=', endpointId).orderBy('services.seq').execute()).map(toRecord),
    onCompute: async (computeId) => {
      const found = await rows()
        .where(({ or, eb }) =>
          or([eb('services.computeId', '=', computeId), eb('services.lastGoodComputeId', '=', computeId)]),
        )
        .execute();
      return found.map(toRecord);
    },
    nameTaken: async (name, exceptWorkspaceId) => {
      const row = await db
        .selectFrom('services')
        .innerJoin('computes', (join) =>
          join.on(({ or, eb }) =>
            or([
              eb('computes.id', '=', eb.ref('services.computeId')),
              eb('computes.id', '=', eb.ref('services.lastGoodComputeId')),
            ]),
          ),
        )
        .innerJoin('clusters', 'clusters.resourceKey', 'computes.clusterKey')
        .select('services.id')
        .where('services.name', '=', name)
        .where('services.workspaceId', '!=', exceptWorkspaceId)
        .where('clusters.kind', '=', 'local')
        .executeTakeFirst();
      return row !== undefined;
    },
    change: (id, { operationId, ...changes }) =>
      session.atomically(async (inner) => {
        const present = await require(inner, id);
        const { spec, description, tags, properties } = { ...present, ...defined(changes) };
        const differs = canonicalJson(spec) !== canonicalJson(present.spec);
        const retries = present.status.state === 'Failed' && present.status.observedGeneration === present.generation;
        await inner.db
          .updateTable('services')
          .set({
            computeId: await computeIdOf(inner, present.workspaceId, spec),
            description,
            tags: JSON.stringify(tags),
            properties: JSON.stringify(properties),
            spec: JSON.stringify(spec),
            generation: present.generation + (differs || retries ? 1 : 0),
            operationId,
            updatedTime: isoTime(clock),
          })
          .where('id', '=', id)
          .execute();
        await writeModels(inner, present, 'wanted', spec);
        await writeLabels(inner, id, { tags, properties });
        inner.announce({ kind: 'service', id });
        return require(inner, id);
      }),
    markDeleting: async (id, operationId) => {
      await db
        .updateTable('services')
        .set({ deleting: 1, operationId, updatedTime: isoTime(clock) })
        .where('id', '=', id)
        .execute();
      session.announce({ kind: 'service', id });
    },
    recordStatus: async (id, status) => {
      const text = JSON.stringify(status);
      const { numUpdatedRows } = await db
        .updateTable('services')
        .set({ status: text })
        .where('id', '=', id)
        .where('status', '!=', text)
        .executeTakeFirstOrThrow();
      if (numUpdatedRows > 0) {
        session.announce({ kind: 'service', id });
      }
    },
    recordLastGood: (id, lastGood) =>
      session.atomically(async (inner) => {
        const present = await require(inner, id);
        const previous = present.lastGood;
        await inner.db
          .updateTable('services')
          .set({
            lastGood: JSON.stringify(lastGood),
            lastGoodComputeId: await computeIdOf(inner, present.workspaceId, lastGood.spec),
          })
          .where('id', '=', id)
          .execute();
        await writeModels(inner, present, 'lastGood', lastGood.spec);
        if (previous !== null && canonicalJson(previous.spec) !== canonicalJson(lastGood.spec)) {
          const previousGood = JSON.stringify(previous);
          await inner.db.updateTable('services').set({ previousGood }).where('id', '=', id).execute();
          await writeModels(inner, present, 'previousGood', previous.spec);
        }
        inner.announce({ kind: 'service', id });
      }),
    revokeTokens: (id) =>
      session.atomically(async (inner) => {
        const { tokensNotBefore } = await require(inner, id);
        // The next second, because those of the present one are among them; and later than it was, whatever the clock says.
        const notBefore = Math.max(Math.floor(clock.now() / 1000), tokensNotBefore) + 1;
        await inner.db.updateTable('services').set({ tokensNotBefore: notBefore }).where('id', '=', id).execute();
        inner.announce({ kind: 'service', id });
        return notBefore;
      }),
    remove: (id) =>
      session.atomically(async (inner) => {
        const present = await serviceStore(inner).byId(id);
        await inner.db.deleteFrom('labels').where('ownerId', '=', id).execute();
        await inner.db.deleteFrom('services').where('id', '=', id).execute();
        inner.announce({ kind: 'service', id });
        if (present !== undefined && present.version !== null) {
          inner.announce({ kind: 'endpoint', id: present.version.endpointId });
        }
      }),
  };
}

async function require(session: Session, id: string): Promise<ServiceRecord> {
  const found = await serviceStore(session).byId(id);
  if (found === undefined) {
    throw new FarledError('ServiceNotFound', `There is no service with the id ${id}.`);
  }
  return found;
}

async function computeIdOf({ db }: Session, workspaceId: string, { computeName }: ServiceSpec): Promise<string> {
  const row = await db
    .selectFrom('computes')
    .select('id')
    .where('workspaceId', '=', workspaceId)
    .where('nameKey', '=', computeName.toLowerCase())
    .executeTakeFirst();
  if (row === undefined) {
    throw new FarledError('ComputeNotFound', `There is no compute target "${computeName}" in this workspace.`);
  }
  return row.id;
}

async function writeModels(
  { db }: Session,
  { id, workspaceId }: { readonly id: string; readonly workspaceId: string },
  role: ServiceModelRow['role'],
  spec: ServiceSpec,
): Promise<void> {
  await db.deleteFrom('serviceModels').where('serviceId', '=', id).where('role', '=', role).execute();
  if (spec.models.length > 0) {
    const rows = spec.models.map((model) => {
      const { name, version } = parseModelId(model);
      return { serviceId: id, role, workspaceId, modelName: name, modelVersion: version };
    });
    await db.insertInto('serviceModels').values(rows).execute();
  }
}

function wantedModels({ modelName, modelId }: ServiceFilter): { name: string; version?: number }[] {
  return [
    ...(modelName === undefined ? [] : [{ name: modelName }]),
    ...(modelId === undefined ? [] : [parseModelId(modelId)]),
  ];
}

function newStatus(spec: ServiceSpec): ServiceStatus {
  return {
    observedGeneration: 0,
    state: 'Transitioning',
    error: null,
    desiredReplicas: initialReplicas(spec.settings),
    updatedReplicas: 0,
    availableReplicas: 0,
    replicas: [],
  };
}

function defined<T extends object>(values: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
