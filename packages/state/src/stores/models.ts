/** Registered models: versions of names, immutable but for their texts, tags and defaults. */
import { randomUUID } from 'node:crypto';

import { FarledError, type Model, type ModelReference, type RegisterModel, type UpdateModel } from '@farled/contract';
import { isoTime } from '@farled/service';
import type { Selectable } from 'kysely';

import { changeTags, hasLabels, writeLabels } from '../labels.ts';
import { nearestNames } from '../nearest.ts';
import type { ModelFilter } from '../records.ts';
import type { Session } from '../session.ts';
import { type Page, type PageRequest, toPage } from '../skip-tokens.ts';
import type { ModelRow } from '../tables.ts';
import { suggestion } from './workspaces.ts';

export interface ModelStore {
  /** The version is one more than the last that the name ever had, deleted ones included. */
  register(workspaceId: string, model: RegisterModel): Promise<Model>;
  find(workspaceId: string, reference: ModelReference): Promise<Model | undefined>;
  /** @throws FarledError ModelNotFound naming the versions there are, or names like it. */
  get(workspaceId: string, reference: ModelReference): Promise<Model>;
  latest(workspaceId: string, name: string): Promise<Model | undefined>;
  /** Newest first. */
  list(workspaceId: string, filter: ModelFilter, page: PageRequest): Promise<Page<Model>>;
  /** @throws FarledError ModelNotFound; BadArgument for a property that has another value already. */
  update(workspaceId: string, reference: ModelReference, changes: UpdateModel): Promise<Model>;
  /** @throws FarledError ModelNotFound; ModelInUse naming the services that use it, now or as what they fall back or are rolled back to. */
  delete(workspaceId: string, reference: ModelReference): Promise<void>;
}

/** What a model's row keeps as one text. */
type Fields = Pick<
  Model,
  | 'description'
  | 'frameworkVersion'
  | 'resourceRequirements'
  | 'experimentName'
  | 'sampleInputDatasetId'
  | 'sampleOutputDatasetId'
>;

export function modelStore(session: Session): ModelStore {
  const { db, clock, skipTokens } = session;

  const findRow = (workspaceId: string, { name, version }: ModelReference) =>
    db
      .selectFrom('models')
      .selectAll()
      .where('workspaceId', '=', workspaceId)
      .where('name', '=', name)
      .where('version', '=', version)
      .executeTakeFirst();
  const find = async (workspaceId: string, reference: ModelReference): Promise<Model | undefined> => {
    const row = await findRow(workspaceId, reference);
    return row === undefined ? undefined : toModel(row);
  };
  const get = async (workspaceId: string, reference: ModelReference): Promise<Model> =>
    (await find(workspaceId, reference)) ?? (await notFound(session, workspaceId, reference));

  return {
    find,
    get,
    register: (workspaceId, model) =>
      session.atomically(async (inner) => {
        const version = await nextVersion(inner, workspaceId, model.name);
        const id = randomUUID();
        const now = isoTime(clock);
        const { name, framework, runId, tags, properties, files, ...fields } = model;
        await inner.db
          .insertInto('models')
          .values({
            id,
            workspaceId,
            name,
            version,
            framework,
            runId,
            fields: JSON.stringify(fields satisfies Fields),
            tags: JSON.stringify(tags),
            properties: JSON.stringify(properties),
            files: JSON.stringify(files),
            size: files.reduce((sum, file) => sum + file.size, 0),
            createdTime: now,
            modifiedTime: now,
          })
          .execute();
        await writeLabels(inner, id, { tags, properties });
        return modelStore(inner).get(workspaceId, { name, version });
      }),
    latest: async (workspaceId, name) => {
      const row = await db
        .selectFrom('models')
        .selectAll()
        .where('workspaceId', '=', workspaceId)
        .where('name', '=', name)
        .orderBy('version', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? undefined : toModel(row);
    },
    list: async (workspaceId, filter, page) => {
      const after = page.skipToken === undefined ? undefined : skipTokens.read('models', page.skipToken);
      let query = db
        .selectFrom('models')
        .selectAll()
        .where('workspaceId', '=', workspaceId)
        .where((builder) => hasLabels(builder, 'models.id', filter))
        .orderBy('seq', 'desc')
        .limit(page.count + 1);
      for (const column of ['name', 'framework', 'runId'] as const) {
        const value = filter[column];
        query = value === undefined ? query : query.where(column, '=', value);
      }
      if (filter.latest === true) {
        query = query.where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('models as newer')
                .select('newer.version')
                .whereRef('newer.workspaceId', '=', 'models.workspaceId')
                .whereRef('newer.name', '=', 'models.name')
                .whereRef('newer.version', '>', 'models.version'),
            ),
          ),
        );
      }
      if (after !== undefined) {
        query = query.where('seq', '<', Number(after[0]));
      }
      return toPage(skipTokens, 'models', page, await query.execute(), (row) => [row.seq], toModel);
    },
    update: (workspaceId, reference, changes) =>
      session.atomically(async (inner) => {
        const store = modelStore(inner);
        const model = await store.get(workspaceId, reference);
        const changed = change(model, changes);
        const { description, frameworkVersion, resourceRequirements, experimentName } = changed;
        const { sampleInputDatasetId, sampleOutputDatasetId, tags, properties } = changed;
        const fields: Fields = {
          description,
          frameworkVersion,
          resourceRequirements,
          experimentName,
          sampleInputDatasetId,
          sampleOutputDatasetId,
        };
        const { id } = await inner.db
          .updateTable('models')
          .set({
            fields: JSON.stringify(fields),
            tags: JSON.stringify(tags),
            properties: JSON.stringify(properties),
            modifiedTime: isoTime(clock),
          })
          .where('workspaceId', '=', workspaceId)
          .where('name', '=', reference.name)
          .where('version', '=', reference.version)
          .returning('id')
          .executeTakeFirstOrThrow();
        await writeLabels(inner, id, { tags, properties });
        return store.get(workspaceId, reference);
      }),
    delete: (workspaceId, reference) =>
      session.atomically(async (inner) => {
        const { name, version } = reference;
        await modelStore(inner).get(workspaceId, reference);
        const users = await inner.db
          .selectFrom('serviceModels')
          .innerJoin('services', 'services.id', 'serviceModels.serviceId')
          .select('services.name')
          .distinct()
          .where('serviceModels.workspaceId', '=', workspaceId)
          .where('modelName', '=', name)
          .where('modelVersion', '=', version)
          .execute();
        if (users.length > 0) {
          const names = users.map((service) => `"${service.name}"`).join(', ');
          throw new FarledError('ModelInUse', `Model "${name}:${version}" is used by service ${names}.`, {
            suggestion:
              'Update the service to another model, or delete it, first. What a service ran before is kept for a rollback until it was updated once more.',
          });
        }
        const { id } = await inner.db
          .deleteFrom('models')
          .where('workspaceId', '=', workspaceId)
          .where('name', '=', name)
          .where('version', '=', version)
          .returning('id')
          .executeTakeFirstOrThrow();
        await inner.db.deleteFrom('labels').where('ownerId', '=', id).execute();
      }),
  };
}

async function nextVersion({ db }: Session, workspaceId: string, name: string): Promise<number> {
  const { lastVersion } = await db
    .insertInto('modelNames')
    .values({ workspaceId, name, lastVersion: 1 })
    .onConflict((conflict) =>
      conflict.columns(['workspaceId', 'name']).doUpdateSet((builder) => ({
        lastVersion: builder('modelNames.lastVersion', '+', 1),
      })),
    )
    .returning('lastVersion')
    .executeTakeFirstOrThrow();
  return lastVersion;
}

async function notFound({ db }: Session, workspaceId: string, { name, version }: ModelReference): Promise<never> {
  const models = await db
    .selectFrom('models')
    .select(['name', 'version'])
    .where('workspaceId', '=', workspaceId)
    .execute();
  const versions = models.filter((model) => model.name === name).map((model) => model.version);
  const names = [...new Set(models.map((model) => model.name))];
  throw new FarledError('ModelNotFound', `There is no model "${name}:${version}" in this workspace.`, {
    suggestion:
      versions.length > 0
        ? `Versions of "${name}": ${versions
            .toSorted((a, b) => a - b)
            .slice(-10)
            .join(', ')}.`
        : suggestion('model', nearestNames(name, names), 'Register it with `farled model register`.'),
  });
}

function change(model: Model, changes: UpdateModel): Model {
  for (const [key, value] of Object.entries(changes.addProperties ?? {})) {
    const present = model.properties[key];
    if (present !== undefined && present !== value) {
      throw new FarledError('BadArgument', `Property "${key}" of model "${model.id}" is "${present}" for good.`, {
        suggestion: 'Properties can be added, not changed; use a tag for what changes.',
      });
    }
  }
  const { description, resourceRequirements, sampleInputDatasetId, sampleOutputDatasetId } = changes;
  return {
    ...model,
    ...(description === undefined ? {} : { description }),
    ...(resourceRequirements === undefined ? {} : { resourceRequirements }),
    ...(sampleInputDatasetId === undefined ? {} : { sampleInputDatasetId }),
    ...(sampleOutputDatasetId === undefined ? {} : { sampleOutputDatasetId }),
    tags: changeTags(model.tags, changes),
    properties: { ...model.properties, ...changes.addProperties },
  };
}

function toModel(row: Selectable<ModelRow>): Model {
  return {
    id: `${row.name}:${row.version}`,
    name: row.name,
    version: row.version,
    framework: row.framework as Model['framework'],
    runId: row.runId,
    ...(JSON.parse(row.fields) as Fields),
    tags: JSON.parse(row.tags) as Model['tags'],
    properties: JSON.parse(row.properties) as Model['properties'],
    files: JSON.parse(row.files) as Model['files'],
    size: row.size,
    createdTime: row.createdTime,
    modifiedTime: row.modifiedTime,
  };
}
