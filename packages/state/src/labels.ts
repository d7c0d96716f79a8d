/** Tags and properties as rows, so that lists can be filtered by them with an index. */
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';

import type { Session } from './session.ts';
import type { LabelRow, Tables } from './tables.ts';

type Labels = Readonly<Record<string, string>>;

export interface LabelFilter {
  /** Each «key» or «key=value»; all must hold. */
  readonly tag?: readonly string[] | undefined;
  readonly property?: readonly string[] | undefined;
}

/** Replaces what is known of the owner's labels. */
export async function writeLabels(
  { db }: Session,
  ownerId: string,
  labels: { readonly tags?: Labels | undefined; readonly properties?: Labels | undefined },
): Promise<void> {
  await db.deleteFrom('labels').where('ownerId', '=', ownerId).execute();
  const rows = [...toRows(ownerId, 'tag', labels.tags), ...toRows(ownerId, 'property', labels.properties)];
  if (rows.length > 0) {
    await db.insertInto('labels').values(rows).execute();
  }
}

/** True for owners that have every label of the filter. */
export function hasLabels<Table extends keyof Tables>(
  builder: ExpressionBuilder<Tables, Table>,
  owner: 'workspaces.id' | 'models.id' | 'services.id' | 'endpoints.id',
  filter: LabelFilter,
): Expression<SqlBool> {
  const wanted = [
    ...(filter.tag ?? []).map((text) => ({ kind: 'tag', ...parseLabel(text) }) as const),
    ...(filter.property ?? []).map((text) => ({ kind: 'property', ...parseLabel(text) }) as const),
  ];
  // Kysely can't follow a generic table, and none of these queries reads one of its columns but `owner`.
  const of = builder as unknown as ExpressionBuilder<Tables, 'workspaces' | 'models' | 'services' | 'endpoints'>;
  return of.and(
    wanted.map(({ kind, key, value }) => {
      const owned = of
        .selectFrom('labels')
        .select('labels.key')
        .whereRef('labels.ownerId', '=', owner)
        .where('labels.kind', '=', kind)
        .where('labels.key', '=', key);
      return of.exists(value === undefined ? owned : owned.where('labels.value', '=', value));
    }),
  );
}

function parseLabel(text: string): { key: string; value?: string } {
  const at = text.indexOf('=');
  return at === -1 ? { key: text } : { key: text.slice(0, at), value: text.slice(at + 1) };
}

function toRows(ownerId: string, kind: LabelRow['kind'], labels: Labels = {}): LabelRow[] {
  return Object.entries(labels).map(([key, value]) => ({ ownerId, kind, key, value }));
}

/** What tags become: replaced when `tags` is said, then added to, then without those removed. */
export function changeTags(
  present: Labels,
  changes: {
    readonly tags?: Labels | undefined;
    readonly addTags?: Labels | undefined;
    readonly removeTags?: readonly string[] | undefined;
  },
): Record<string, string> {
  const removed = new Set(changes.removeTags);
  const all = { ...(changes.tags ?? present), ...changes.addTags };
  return Object.fromEntries(Object.entries(all).filter(([key]) => !removed.has(key)));
}
