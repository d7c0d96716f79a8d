/** node:sqlite as Kysely wants it: one connection, which Kysely gives to one query or transaction at a time. */
import { chmodSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  SqliteDialect,
  SqliteDriver,
  type SqliteDatabase,
} from 'kysely';

/** How long to wait for another process that writes to the file, such as a backup tool. */
const BUSY_TIMEOUT_MS = 10_000;

export function sqliteDialect(path: string): SqliteDialect {
  const database = openSqlite(path);
  return new ImmediateDialect({ database: adapt(database) });
}

function openSqlite(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
  if (path !== ':memory:') {
    chmodSync(path, 0o600);
  }
  database.exec('pragma journal_mode = wal');
  // FULL, not NORMAL: a change that was answered with 202 must survive a power cut, and NORMAL syncs only checkpoints.
  database.exec('pragma synchronous = full');
  return database;
}

function adapt(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare: (sql) => {
      const statement = database.prepare(sql);
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
        run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
        iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
      };
    },
  };
}

/** A transaction that reads first and then finds another writer could not go on; one that starts as a writer waits. */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

class ImmediateDialect extends SqliteDialect {
  readonly #config: ConstructorParameters<typeof SqliteDriver>[0];

  constructor(config: ConstructorParameters<typeof SqliteDriver>[0]) {
    super(config);
    this.#config = config;
  }

  override createDriver(): Driver {
    return new ImmediateDriver(this.#config);
  }
}
