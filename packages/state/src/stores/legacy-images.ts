/** Images as clients of 2018 make them: recipes, of which services are made later. */
import { FarledError } from '@farled/contract';
import { isoTime } from '@farled/service';
import type { Selectable } from 'kysely';

import type { LegacyImageRecord, NewLegacyImage } from '../records.ts';
import type { Session } from '../session.ts';
import type { LegacyImageRow } from '../tables.ts';

export interface LegacyImageStore {
  /** As the next version of its name. */
  create(image: NewLegacyImage): Promise<LegacyImageRecord>;
  /** @throws FarledError ImageNotFound. */
  get(workspaceId: string, name: string, version: number): Promise<LegacyImageRecord>;
  /** Newest first. */
  list(workspaceId: string): Promise<readonly LegacyImageRecord[]>;
  /** @throws FarledError ImageNotFound. */
  update(
    image: Pick<LegacyImageRecord, 'workspaceId' | 'name' | 'version'>,
    changes: Partial<Pick<LegacyImageRecord, 'tags' | 'properties'>>,
  ): Promise<LegacyImageRecord>;
  /** False when there was none. */
  delete(workspaceId: string, name: string, version: number): Promise<boolean>;
}

export function legacyImageStore(session: Session): LegacyImageStore {
  const { db, clock } = session;
  const get: LegacyImageStore['get'] = async (workspaceId, name, version) => {
    const row = await db
      .selectFrom('legacyImages')
      .selectAll()
      .where('workspaceId', '=', workspaceId)
      .where('name', '=', name)
      .where('version', '=', version)
      .executeTakeFirst();
    if (row === undefined) {
      throw new FarledError('ImageNotFound', `There is no image ${name}:${version} in this workspace.`, {
        suggestion: 'Image.list(workspace) shows those that there are.',
      });
    }
    return toRecord(row);
  };
  return {
    get,
    create: ({ recipe, asked, tags, properties, ...image }) =>
      session.atomically(async ({ db: inside }) => {
        const { last } = await inside
          .selectFrom('legacyImages')
          .select(({ fn }) => fn.max('version').as('last'))
          .where('workspaceId', '=', image.workspaceId)
          .where('name', '=', image.name)
          .executeTakeFirstOrThrow();
        const row = await inside
          .insertInto('legacyImages')
          .values({
            ...image,
            version: (last ?? 0) + 1,
            tags: JSON.stringify(tags),
            properties: JSON.stringify(properties),
            recipe: JSON.stringify(recipe),
            asked: JSON.stringify(asked),
            createdTime: isoTime(clock),
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        return toRecord(row);
      }),
    list: async (workspaceId) => {
      const rows = await db
        .selectFrom('legacyImages')
        .selectAll()
        .where('workspaceId', '=', workspaceId)
        .orderBy('seq', 'desc')
        .execute();
      return rows.map(toRecord);
    },
    update: async ({ workspaceId, name, version }, { tags, properties }) => {
      await db
        .updateTable('legacyImages')
        .set({
          name,
          ...(tags === undefined ? {} : { tags: JSON.stringify(tags) }),
          ...(properties === undefined ? {} : { properties: JSON.stringify(properties) }),
        })
        .where('workspaceId', '=', workspaceId)
        .where('name', '=', name)
        .where('version', '=', version)
        .execute();
      return get(workspaceId, name, version);
    },
    delete: async (workspaceId, name, version) => {
      const { numDeletedRows } = await db
        .deleteFrom('legacyImages')
        .where('workspaceId', '=', workspaceId)
        .where('name', '=', name)
        .where('version', '=', version)
        .executeTakeFirstOrThrow();
      return numDeletedRows > 0;
    },
  };
}

function toRecord({ seq: _seq, ...row }: Selectable<LegacyImageRow>): LegacyImageRecord {
  return {
    ...row,
    tags: JSON.parse(row.tags) as LegacyImageRecord['tags'],
    properties: JSON.parse(row.properties) as LegacyImageRecord['properties'],
    recipe: JSON.parse(row.recipe) as LegacyImageRecord['recipe'],
    asked: JSON.parse(row.asked) as unknown,
  };
}
