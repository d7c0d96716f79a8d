/** Opens the record's database and brings its tables up to date. */
import { FarledError } from '@farled/contract';
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';

import { migrations } from './migrations/index.ts';
import { sqliteDialect } from './sqlite.ts';
import type { Tables } from './tables.ts';

export type DatabaseOptions =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string };

/** Connections to PostgreSQL. Writers go one at a time, so more would only wait. */
const CONNECTIONS = 8;

export async function openDatabase(options: DatabaseOptions): Promise<Kysely<Tables>> {
  const dialect = options.kind === 'sqlite' ? sqliteDialect(options.path) : postgresDialect(options.url);
  const db = new Kysely<Tables>({ dialect, plugins: [new CamelCasePlugin()] });
  try {
    await migrate(db, options.kind);
    return db;
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

async function migrate(db: Kysely<Tables>, kind: DatabaseOptions['kind']): Promise<void> {
  const provider = { getMigrations: () => Promise.resolve(migrations(kind)) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) {
    throw new FarledError('InternalError', "The record's tables could not be brought up to date.", { cause: error });
  }
}

function postgresDialect(url: string): PostgresDialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    // Numbers of 64 bits come as text otherwise; ours all fit a double.
    types: {
      getTypeParser: ((...[oid, format]: Parameters<typeof pg.types.getTypeParser>) =>
        oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {});
  return new PostgresDialect({ pool });
}
