/** Packages: what each is made of, and what came of it. */
import { FarledError } from '@farled/contract';
import { isoTime } from '@farled/service';
import type { Selectable } from 'kysely';

import type { PackageRecord, PackageResult, PackageSpec } from '../records.ts';
import type { Session } from '../session.ts';
import type { PackageRow } from '../tables.ts';

export interface PackageStore {
  /** Under the id of the operation that makes it. */
  create(made: Pick<PackageRecord, 'id' | 'workspaceId' | 'spec'>): Promise<PackageRecord>;
  byId(id: string): Promise<PackageRecord | undefined>;
  /** @throws FarledError PackageNotFound. */
  get(workspaceId: string, id: string): Promise<PackageRecord>;
  recordResult(id: string, result: PackageResult): Promise<void>;
}

export function packageStore(session: Session): PackageStore {
  const { db, clock } = session;
  const byId = async (id: string): Promise<PackageRecord | undefined> => {
    const row = await db.selectFrom('packages').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : toRecord(row);
  };
  return {
    byId,
    create: async ({ id, workspaceId, spec }) => {
      const row = await db
        .insertInto('packages')
        .values({ id, workspaceId, spec: JSON.stringify(spec), result: null, createdTime: isoTime(clock) })
        .returningAll()
        .executeTakeFirstOrThrow();
      session.announce({ kind: 'package', id });
      return toRecord(row);
    },
    get: async (workspaceId, id) => {
      const found = await byId(id);
      if (found?.workspaceId !== workspaceId) {
        throw new FarledError('PackageNotFound', `There is no package ${id} in this workspace.`, {
          suggestion: 'Its id is that of the operation that made it.',
        });
      }
      return found;
    },
    recordResult: async (id, result) => {
      await db
        .updateTable('packages')
        .set({ result: JSON.stringify(result) })
        .where('id', '=', id)
        .execute();
    },
  };
}

function toRecord(row: Selectable<PackageRow>): PackageRecord {
  return {
    id: row.id,
    workspaceId: row.workspaceId,
    spec: JSON.parse(row.spec) as PackageSpec,
    result: row.result === null ? null : (JSON.parse(row.result) as PackageResult),
    createdTime: row.createdTime,
  };
}
