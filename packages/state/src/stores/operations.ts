/** Operations: long-running changes with a log, at most one at a time on a resource. */
import { randomUUID } from 'node:crypto';

import { type ErrorBody, FarledError, hasEnded, type OperationLog, type OperationState } from '@farled/contract';
import { isoTime } from '@farled/service';
import type { Selectable } from 'kysely';

import type { NewOperation, OperationRecord } from '../records.ts';
import type { Session } from '../session.ts';
import { type Page, type PageRequest, toPage } from '../skip-tokens.ts';
import type { OperationRow } from '../tables.ts';

interface StartedOperation {
  readonly operation: OperationRecord;
  /** True when the same request was sent before: nothing is to be done again. */
  readonly existing: boolean;
}

export interface OperationStore {
  /**
   * @throws FarledError OperationInProgress when another one on the target has not ended; OperationIdReused when the
   * id was given to a different request.
   */
  start(operation: NewOperation): Promise<StartedOperation>;
  find(workspaceId: string, id: string): Promise<OperationRecord | undefined>;
  /** Of whatever workspace. */
  byId(id: string): Promise<OperationRecord | undefined>;
  /** @throws FarledError OperationNotFound. */
  get(workspaceId: string, id: string): Promise<OperationRecord>;
  /** Newest first. */
  list(workspaceId: string, page: PageRequest): Promise<Page<OperationRecord>>;
  /** All that have not ended, oldest first. */
  running(): Promise<readonly OperationRecord[]>;
  /** An operation that has ended stays as it ended. */
  setState(id: string, state: OperationState, error?: ErrorBody): Promise<void>;
  requestCancel(id: string): Promise<void>;
  appendLog(id: string, lines: readonly string[]): Promise<void>;
  /** Lines from number `from` on, counted from 0; at most 1,000 at a time. @throws FarledError OperationNotFound. */
  log(id: string, from: number): Promise<OperationLog>;
}

const LINES_AT_A_TIME = 1000;
/** A single statement takes a bounded number of values. */
const ROWS_AT_A_TIME = 200;

export function operationStore(session: Session): OperationStore {
  const { db, clock, skipTokens } = session;

  const byId = async (id: string): Promise<OperationRecord | undefined> => {
    const row = await db.selectFrom('operations').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : toRecord(row);
  };
  const find = async (workspaceId: string, id: string): Promise<OperationRecord | undefined> => {
    const found = await byId(id);
    return found?.workspaceId === workspaceId ? found : undefined;
  };
  const get = async (workspaceId: string, id: string): Promise<OperationRecord> => {
    const found = await find(workspaceId, id);
    if (found === undefined) {
      throw new FarledError('OperationNotFound', `There is no operation ${id} in this workspace.`, {
        suggestion: 'The answer that started an operation names its id; they are kept as long as the workspace is.',
      });
    }
    return found;
  };

  return {
    find,
    byId,
    get,
    start: (asked) =>
      session.atomically(async ({ db: inside, announce }) => {
        const { id = randomUUID(), ...fields } = asked;
        const same = await inside.selectFrom('operations').selectAll().where('id', '=', id).executeTakeFirst();
        if (same !== undefined) {
          if (same.requestDigest !== asked.requestDigest || same.workspaceId !== asked.workspaceId) {
            throw new FarledError('OperationIdReused', `Operation ${id} was started by a different request.`, {
              suggestion: 'Choose a new UUID for every request, and repeat one only to repeat the request.',
            });
          }
          return { operation: toRecord(same), existing: true };
        }
        const running = await inside
          .selectFrom('operations')
          .selectAll()
          .where('targetId', '=', asked.targetId)
          .where('endTime', 'is', null)
          .executeTakeFirst();
        if (running !== undefined) {
          const message = `Operation ${running.id} (${running.kind}) on ${running.targetType} "${running.targetName}" has not ended.`;
          throw new FarledError('OperationInProgress', message, {
            suggestion: 'Wait until it has ended, or cancel it, and try again.',
          });
        }
        const row = await inside
          .insertInto('operations')
          .values({
            ...fields,
            id,
            state: 'NotStarted',
            error: null,
            cancelRequested: 0,
            createdTime: isoTime(clock),
            startTime: null,
            endTime: null,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        announce({ kind: 'operation', id });
        return { operation: toRecord(row), existing: false };
      }),
    list: async (workspaceId, page) => {
      const after = page.skipToken === undefined ? undefined : skipTokens.read('operations', page.skipToken);
      let query = db
        .selectFrom('operations')
        .selectAll()
        .where('workspaceId', '=', workspaceId)
        .orderBy('seq', 'desc')
        .limit(page.count + 1);
      if (after !== undefined) {
        query = query.where('seq', '<', Number(after[0]));
      }
      return toPage(skipTokens, 'operations', page, await query.execute(), (row) => [row.seq], toRecord);
    },
    running: async () => {
      const rows = await db.selectFrom('operations').selectAll().where('endTime', 'is', null).orderBy('seq').execute();
      return rows.map(toRecord);
    },
    setState: async (id, state, error) => {
      const now = isoTime(clock);
      const { numUpdatedRows } = await db
        .updateTable('operations')
        .set(({ fn, val }) => ({
          state,
          error: error === undefined ? null : JSON.stringify(error),
          startTime: fn.coalesce('startTime', val(now)),
          endTime: hasEnded(state) ? now : null,
        }))
        .where('id', '=', id)
        .where('endTime', 'is', null)
        .where('state', '!=', state)
        .executeTakeFirstOrThrow();
      if (numUpdatedRows > 0) {
        session.announce({ kind: 'operation', id });
      }
    },
    requestCancel: async (id) => {
      await db
        .updateTable('operations')
        .set({ cancelRequested: 1 })
        .where('id', '=', id)
        .where('endTime', 'is', null)
        .execute();
      session.announce({ kind: 'operation', id });
    },
    appendLog: (id, lines) =>
      session.atomically(async ({ db: inside, announce }) => {
        const { last } = await inside
          .selectFrom('operationLog')
          .select(({ fn }) => fn.max('line').as('last'))
          .where('operationId', '=', id)
          .executeTakeFirstOrThrow();
        const from = last === null ? 0 : last + 1;
        const at = isoTime(clock);
        const rows = lines.map((text, index) => ({ operationId: id, line: from + index, at, text }));
        for (let start = 0; start < rows.length; start += ROWS_AT_A_TIME) {
          await inside
            .insertInto('operationLog')
            .values(rows.slice(start, start + ROWS_AT_A_TIME))
            .execute();
        }
        announce({ kind: 'operation', id });
      }),
    log: async (id, from) => {
      // The state first: lines written before the end are then never missed by a reader that stops at it.
      const operation = await db.selectFrom('operations').select('state').where('id', '=', id).executeTakeFirst();
      if (operation === undefined) {
        throw new FarledError('OperationNotFound', `There is no operation ${id}.`);
      }
      const rows = await db
        .selectFrom('operationLog')
        .select(['line', 'at', 'text'])
        .where('operationId', '=', id)
        .where('line', '>=', from)
        .orderBy('line')
        .limit(LINES_AT_A_TIME)
        .execute();
      const next = from + rows.length;
      const more = rows.length === LINES_AT_A_TIME;
      return {
        lines: rows.map(({ at, text }) => ({ at, text })),
        next,
        state: more && hasEnded(operation.state) ? 'Running' : operation.state,
      };
    },
  };
}

function toRecord(row: Selectable<OperationRow>): OperationRecord {
  const { seq: _, error, cancelRequested, ...fields } = row;
  return {
    ...fields,
    error: error === null ? null : (JSON.parse(error) as ErrorBody),
    cancelRequested: cancelRequested === 1,
  };
}
