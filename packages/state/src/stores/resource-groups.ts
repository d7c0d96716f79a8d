/** Resource groups, known by subscription and name without regard to case. They come with workspaces, and outlive them. */
import { FarledError, type PutResourceGroup, type ResourceGroup, resourceGroupId } from '@farled/contract';
import type { Selectable } from 'kysely';
import type { z } from 'zod';

import { nearestNames } from '../nearest.ts';
import type { Session } from '../session.ts';
import type { ResourceGroupRow } from '../tables.ts';
import { ensureGroup, groupKey, type GroupReference } from './group-rows.ts';
import { suggestion } from './workspaces.ts';

type Fields = z.output<typeof PutResourceGroup>;

export interface ResourceGroupStore {
  /** One that is there keeps its location. */
  put(reference: GroupReference, fields: Fields): Promise<{ readonly group: ResourceGroup; readonly created: boolean }>;
  find(reference: GroupReference): Promise<ResourceGroup | undefined>;
  /** @throws FarledError ResourceGroupNotFound naming those that are like it. */
  get(reference: GroupReference): Promise<ResourceGroup>;
  /** Of one subscription, or all; by subscription and name. */
  list(subscriptionId?: string): Promise<readonly ResourceGroup[]>;
  /** One that is not there is fine. @throws FarledError ResourceGroupNotEmpty naming the workspaces in it. */
  delete(reference: GroupReference): Promise<void>;
}

export function resourceGroupStore(session: Session): ResourceGroupStore {
  const { db } = session;

  const find = async (reference: GroupReference): Promise<ResourceGroup | undefined> => {
    const row = await db
      .selectFrom('resourceGroups')
      .selectAll()
      .where('key', '=', groupKey(reference))
      .executeTakeFirst();
    return row === undefined ? undefined : toResourceGroup(row);
  };
  const list = async (subscriptionId?: string): Promise<readonly ResourceGroup[]> => {
    const rows = await db.selectFrom('resourceGroups').selectAll().orderBy('key').execute();
    const wanted = subscriptionId?.toLowerCase();
    return rows
      .filter((row) => wanted === undefined || row.subscriptionId.toLowerCase() === wanted)
      .map(toResourceGroup);
  };
  const get = async (reference: GroupReference): Promise<ResourceGroup> => {
    const found = await find(reference);
    if (found !== undefined) {
      return found;
    }
    const { subscriptionId, resourceGroup } = reference;
    const known = (await list(subscriptionId)).map(({ name }) => name);
    const message = `There is no resource group "${resourceGroup}" in subscription "${subscriptionId}".`;
    throw new FarledError('ResourceGroupNotFound', message, {
      suggestion: suggestion(
        'resource group',
        nearestNames(resourceGroup, known),
        `Make it with \`farled group create -n ${resourceGroup}\`; it comes with the first workspace in it as well.`,
      ),
    });
  };

  return {
    find,
    get,
    list,
    put: (reference, fields) =>
      session.atomically(async (inner) => {
        const store = resourceGroupStore(inner);
        const created = (await store.find(reference)) === undefined;
        await (created
          ? ensureGroup(inner, reference, fields)
          : inner.db
              .updateTable('resourceGroups')
              .set({ tags: JSON.stringify(fields.tags) })
              .where('key', '=', groupKey(reference))
              .execute());
        return { group: await store.get(reference), created };
      }),
    delete: (reference) =>
      session.atomically(async ({ db: inside }) => {
        const rows = await inside
          .selectFrom('workspaces')
          .select(['name', 'subscriptionId', 'resourceGroup'])
          .execute();
        const names = rows.filter((row) => groupKey(row) === groupKey(reference)).map(({ name }) => `"${name}"`);
        if (names.length > 0) {
          const message = `Resource group "${reference.resourceGroup}" still has workspace ${names.join(', ')}.`;
          throw new FarledError('ResourceGroupNotEmpty', message, { suggestion: 'Delete its workspaces first.' });
        }
        await inside.deleteFrom('resourceGroups').where('key', '=', groupKey(reference)).execute();
      }),
  };
}

function toResourceGroup(row: Selectable<ResourceGroupRow>): ResourceGroup {
  const { subscriptionId, name, location, createdTime } = row;
  return {
    id: resourceGroupId({ subscriptionId, resourceGroup: name }),
    name,
    subscriptionId,
    location,
    tags: JSON.parse(row.tags) as Record<string, string>,
    createdTime,
  };
}
