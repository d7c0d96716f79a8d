/** Workspaces, known by subscription, resource group and name without regard to case. */
import { randomUUID } from 'node:crypto';

import {
  type CreateWorkspace,
  FarledError,
  type UpdateWorkspace,
  workspaceId,
  type WorkspaceReference,
} from '@farled/contract';
import { isoTime } from '@farled/service';
import { type Selectable, sql } from 'kysely';
import type { z } from 'zod';

import { hasLabels, type LabelFilter, writeLabels } from '../labels.ts';
import { nearestNames } from '../nearest.ts';
import type { WorkspaceRecord } from '../records.ts';
import type { Session } from '../session.ts';
import { type Page, type PageRequest, toPage } from '../skip-tokens.ts';
import type { WorkspaceRow } from '../tables.ts';
import { ensureGroup } from './group-rows.ts';

type Fields = Omit<z.output<typeof CreateWorkspace>, 'existOk'>;

interface WorkspaceFilter extends LabelFilter {
  readonly subscriptionId?: string | undefined;
  readonly resourceGroup?: string | undefined;
}

export interface WorkspaceStore {
  /** @throws FarledError WorkspaceAlreadyExists. */
  create(reference: WorkspaceReference, fields: Fields): Promise<WorkspaceRecord>;
  find(reference: WorkspaceReference): Promise<WorkspaceRecord | undefined>;
  /** @throws FarledError WorkspaceNotFound naming those that are like it. */
  get(reference: WorkspaceReference): Promise<WorkspaceRecord>;
  list(filter: WorkspaceFilter, page: PageRequest): Promise<Page<WorkspaceRecord>>;
  update(key: string, changes: z.output<typeof UpdateWorkspace>): Promise<WorkspaceRecord>;
  /**
   * Deletes it with its models and environments.
   *
   * @throws FarledError WorkspaceNotEmpty naming the services and compute targets in it.
   */
  delete(key: string): Promise<void>;
}

export function workspaceStore(session: Session): WorkspaceStore {
  const { db, clock, skipTokens } = session;

  const find = async (reference: WorkspaceReference): Promise<WorkspaceRecord | undefined> => {
    const row = await db
      .selectFrom('workspaces')
      .selectAll()
      .where('referenceKey', '=', referenceKey(reference))
      .executeTakeFirst();
    return row === undefined ? undefined : toRecord(row);
  };

  return {
    find,
    create: (reference, fields) =>
      session.atomically(async (inner) => {
        if ((await workspaceStore(inner).find(reference)) !== undefined) {
          throw new FarledError('WorkspaceAlreadyExists', `There is a workspace "${reference.workspace}" already.`, {
            suggestion: 'Use it with Workspace.get, or pass existOk to create.',
          });
        }
        await ensureGroup(inner, reference, { location: fields.location, tags: {} });
        const id = randomUUID();
        const now = isoTime(clock);
        await inner.db
          .insertInto('workspaces')
          .values({
            id,
            referenceKey: referenceKey(reference),
            subscriptionId: reference.subscriptionId,
            resourceGroup: reference.resourceGroup,
            name: reference.workspace,
            location: fields.location,
            friendlyName: fields.friendlyName,
            description: fields.description,
            tags: JSON.stringify(fields.tags),
            createdTime: now,
            updatedTime: now,
          })
          .execute();
        await writeLabels(inner, id, { tags: fields.tags });
        return workspaceStore(inner).get(reference);
      }),
    get: async (reference) => {
      const found = await find(reference);
      if (found === undefined) {
        const known = await db
          .selectFrom('workspaces')
          .select('name')
          .where('subscriptionId', '=', reference.subscriptionId)
          .execute();
        const { workspace, resourceGroup, subscriptionId } = reference;
        const message = `There is no workspace "${workspace}" in resource group "${resourceGroup}" of subscription "${subscriptionId}".`;
        throw new FarledError('WorkspaceNotFound', message, {
          suggestion: suggestion(
            'workspace',
            nearestNames(
              workspace,
              known.map(({ name }) => name),
            ),
            `Create it with \`farled workspace create -w ${workspace} -g ${resourceGroup}\`.`,
          ),
        });
      }
      return found;
    },
    list: async (filter, page) => {
      const after = page.skipToken === undefined ? undefined : skipTokens.read('workspaces', page.skipToken);
      let query = db
        .selectFrom('workspaces')
        .selectAll()
        .where((builder) => hasLabels(builder, 'workspaces.id', filter))
        .orderBy('seq', 'desc')
        .limit(page.count + 1);
      if (filter.subscriptionId !== undefined) {
        query = query.where(lower('subscriptionId'), '=', filter.subscriptionId.toLowerCase());
      }
      if (filter.resourceGroup !== undefined) {
        query = query.where(lower('resourceGroup'), '=', filter.resourceGroup.toLowerCase());
      }
      if (after !== undefined) {
        query = query.where('seq', '<', Number(after[0]));
      }
      return toPage(skipTokens, 'workspaces', page, await query.execute(), (row) => [row.seq], toRecord);
    },
    update: (key, changes) =>
      session.atomically(async (inner) => {
        const store = workspaceStore(inner);
        await inner.db
          .updateTable('workspaces')
          .set({
            ...(changes.friendlyName === undefined ? {} : { friendlyName: changes.friendlyName }),
            ...(changes.description === undefined ? {} : { description: changes.description }),
            ...(changes.tags === undefined ? {} : { tags: JSON.stringify(changes.tags) }),
            updatedTime: isoTime(clock),
          })
          .where('id', '=', key)
          .execute();
        if (changes.tags !== undefined) {
          await writeLabels(inner, key, { tags: changes.tags });
        }
        const { subscriptionId, resourceGroup, name } = await inner.db
          .selectFrom('workspaces')
          .selectAll()
          .where('id', '=', key)
          .executeTakeFirstOrThrow();
        return store.get({ subscriptionId, resourceGroup, workspace: name });
      }),
    delete: (key) =>
      session.atomically(async ({ db: inside }) => {
        const services = await inside.selectFrom('services').select('name').where('workspaceId', '=', key).execute();
        const computes = await inside.selectFrom('computes').select('name').where('workspaceId', '=', key).execute();
        if (services.length + computes.length > 0) {
          const inIt = [
            ...services.map((service) => `service "${service.name}"`),
            ...computes.map((compute) => `compute target "${compute.name}"`),
          ];
          throw new FarledError('WorkspaceNotEmpty', `The workspace still has ${inIt.join(', ')}.`, {
            suggestion: 'Delete its services, then detach or delete its compute targets.',
          });
        }
        for (const table of ['models', 'environments'] as const) {
          await inside.deleteFrom(table).where('workspaceId', '=', key).execute();
        }
        await inside.deleteFrom('labels').where('ownerId', '=', key).execute();
        await inside.deleteFrom('workspaces').where('id', '=', key).execute();
      }),
  };
}

/** Ids are compared without regard to case. */
function lower(column: 'subscriptionId' | 'resourceGroup') {
  return sql<string>`lower(${sql.ref(column)})`;
}

/** «Did you mean …», or what else to do when nothing is known. */
export function suggestion(kind: string, nearest: readonly string[], otherwise: string): string {
  return nearest.length === 0
    ? otherwise
    : `Known ${kind}s like it: ${nearest.map((name) => `"${name}"`).join(', ')}. ${otherwise}`;
}

function referenceKey({ subscriptionId, resourceGroup, workspace }: WorkspaceReference): string {
  return `${subscriptionId}/${resourceGroup}/${workspace}`.toLowerCase();
}

function toRecord(row: Selectable<WorkspaceRow>): WorkspaceRecord {
  const { subscriptionId, resourceGroup, name } = row;
  return {
    key: row.id,
    id: workspaceId({ subscriptionId, resourceGroup, workspace: name }),
    name,
    subscriptionId,
    resourceGroup,
    location: row.location,
    friendlyName: row.friendlyName,
    description: row.description,
    tags: JSON.parse(row.tags) as Record<string, string>,
    createdTime: row.createdTime,
    updatedTime: row.updatedTime,
  };
}
