/** What every store works with: the database or one transaction of it, and what to do once a change is committed. */
import type { Clock } from '@farled/service';
import { type Kysely, sql } from 'kysely';

import type { Change } from './records.ts';
import type { SecretBox } from './secret-box.ts';
import type { SkipTokens } from './skip-tokens.ts';
import type { Tables } from './tables.ts';

export interface Session {
  readonly db: Kysely<Tables>;
  readonly clock: Clock;
  readonly skipTokens: SkipTokens;
  readonly secrets: SecretBox;
  /** Outside a transaction at once, inside one after its commit. */
  announce(change: Change): void;
  /** Runs everything or nothing. Transactions run one after another; one inside another is part of it. */
  atomically<T>(run: (session: Session) => Promise<T>): Promise<T>;
}

export type SessionParts = Omit<Session, 'atomically'>;

/** Any number will do, as long as nothing else in the database locks it. */
const WRITER_LOCK = 7_310_7311;

/** `serialise` makes a transaction wait for those before it, where the database doesn't do so by itself. */
export function openSession(parts: SessionParts, serialise: (db: Kysely<Tables>) => Promise<void>): Session {
  return {
    ...parts,
    atomically: async (run) => {
      const changes: Change[] = [];
      const result = await parts.db.transaction().execute(async (db) => {
        await serialise(db);
        const session: Session = {
          ...parts,
          db,
          announce: (change) => {
            changes.push(change);
          },
          atomically: (inner) => inner(session),
        };
        return run(session);
      });
      const unique = new Map(changes.map((change) => [`${change.kind}/${change.id}`, change]));
      for (const change of unique.values()) {
        parts.announce(change);
      }
      return result;
    },
  };
}

/** PostgreSQL: what is read in a transaction still holds when it writes, as in SQLite, and no transaction is run twice. */
export async function takeWriterLock(db: Kysely<Tables>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(WRITER_LOCK)})`.execute(db);
}
