/** One suite for both databases: what holds on a laptop holds on a server. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe } from 'vitest';

import type { DatabaseOptions } from '../database.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';

/** `suite` gets what makes an empty database, to be called before each test. */
export function describeOnBothDatabases(
  what: string,
  suite: (makeDatabase: () => Promise<DatabaseOptions>) => void,
): void {
  describe(what, () => {
    let folder: string;
    let postgres: TestPostgres;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'farled-state-'));
      postgres = await startPostgres();
    }, 60_000);
    afterAll(async () => {
      await postgres[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    });

    describe('on SQLite', () => suite(async () => ({ kind: 'sqlite', path: join(folder, `${randomUUID()}.sqlite`) })));
    describe('on PostgreSQL', () => suite(async () => ({ kind: 'postgres', url: await postgres.createDatabase() })));
  });
}
