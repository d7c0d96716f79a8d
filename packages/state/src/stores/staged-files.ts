/** Files that are uploaded under a name before anybody knows their digest, until something refers to them. */
import { randomBytes } from 'node:crypto';

import { FarledError } from '@farled/contract';
import { isoTime } from '@farled/service';
import type { Selectable } from 'kysely';

import type { StagedFile, StagedFileContent } from '../records.ts';
import type { Session } from '../session.ts';
import type { StagedFileRow } from '../tables.ts';

export interface StagedFileStore {
  /** Names files that are to be uploaded; those of that name that are there already stay as they are. In that order. */
  stage(workspaceId: string, container: string, paths: readonly string[]): Promise<readonly StagedFile[]>;
  byId(id: string): Promise<StagedFile | undefined>;
  find(workspaceId: string, container: string, path: string): Promise<StagedFile | undefined>;
  /** The file of that path or those in the folder of that path, all of the container when it is empty; by path. */
  below(workspaceId: string, container: string, path: string): Promise<readonly StagedFile[]>;
  /**
   * Says what a file turned out to be. Said again it changes nothing: clients repeat what was not answered.
   *
   * @throws FarledError ArtifactNotFound when it is not staged any more; ArtifactAlreadyUploaded when it turned out to
   * be something else before.
   */
  recordUpload(id: string, content: StagedFileContent, blockList: string | null): Promise<StagedFile>;
  /** Forgets those older than that; answers how many. */
  sweep(olderThanMs: number): Promise<number>;
}

/** Databases take only so many values in a statement. */
const ROWS_AT_ONCE = 200;

export function stagedFileStore(session: Session): StagedFileStore {
  const { db, clock } = session;
  const inContainer = (workspaceId: string, container: string) =>
    db.selectFrom('stagedFiles').selectAll().where('workspaceId', '=', workspaceId).where('container', '=', container);
  const byId = async (id: string): Promise<StagedFile | undefined> => {
    const row = await db.selectFrom('stagedFiles').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : toRecord(row);
  };

  return {
    byId,
    stage: (workspaceId, container, paths) =>
      session.atomically(async (inner) => {
        const found = new Map<string, StagedFile>();
        for (let at = 0; at < paths.length; at += ROWS_AT_ONCE) {
          const some = [...new Set(paths.slice(at, at + ROWS_AT_ONCE))];
          const createdTime = isoTime(clock);
          await inner.db
            .insertInto('stagedFiles')
            .values(some.map((path) => ({ id: unguessable(), workspaceId, container, path, createdTime })))
            .onConflict((conflict) => conflict.columns(['workspaceId', 'container', 'path']).doNothing())
            .execute();
          const rows = await inner.db
            .selectFrom('stagedFiles')
            .selectAll()
            .where('workspaceId', '=', workspaceId)
            .where('container', '=', container)
            .where('path', 'in', some)
            .execute();
          for (const row of rows) {
            found.set(row.path, toRecord(row));
          }
        }
        return paths.flatMap((path) => found.get(path) ?? []);
      }),
    find: async (workspaceId, container, path) => {
      const row = await inContainer(workspaceId, container).where('path', '=', path).executeTakeFirst();
      return row === undefined ? undefined : toRecord(row);
    },
    below: async (workspaceId, container, path) => {
      const rows = await inContainer(workspaceId, container).execute();
      return rows
        .filter((row) => path === '' || row.path === path || row.path.startsWith(`${path}/`))
        .toSorted((a, b) => (a.path < b.path ? -1 : 1))
        .map(toRecord);
    },
    recordUpload: (id, { sha256, size }, blockList) =>
      session.atomically(async (inner) => {
        const store = stagedFileStore(inner);
        const before = await store.byId(id);
        if (before === undefined) {
          throw new FarledError('ArtifactNotFound', 'Nothing is to be uploaded to this address any more.', {
            suggestion: 'Start the upload again.',
          });
        }
        if (before.content !== null) {
          if (before.content.sha256 === sha256) {
            return before;
          }
          throw alreadyUploaded(before);
        }
        const row = await inner.db
          .updateTable('stagedFiles')
          .set({ sha256, size, blockList, uploadedTime: isoTime(clock) })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow();
        return toRecord(row);
      }),
    sweep: async (olderThanMs) => {
      const limit = new Date(clock.now() - olderThanMs).toISOString();
      const { numDeletedRows } = await db
        .deleteFrom('stagedFiles')
        .where('createdTime', '<', limit)
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
  };
}

export function alreadyUploaded({ path }: StagedFile): FarledError {
  return new FarledError('ArtifactAlreadyUploaded', `"${path}" was uploaded before, and stays as it is.`, {
    suggestion: 'Upload it under a new name, or into a new container.',
  });
}

/** Part of addresses that are their own permission. */
function unguessable(): string {
  return randomBytes(24).toString('hex');
}

function toRecord(row: Selectable<StagedFileRow>): StagedFile {
  const { id, workspaceId, container, path, sha256, size, blockList, createdTime, uploadedTime } = row;
  return {
    id,
    workspaceId,
    container,
    path,
    content: sha256 === null || size === null ? null : { sha256, size },
    blockList,
    createdTime,
    uploadedTime,
  };
}
