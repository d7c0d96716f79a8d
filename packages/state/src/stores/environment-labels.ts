/** Labels of environments: each is a name for one version at a time. */
import type { Selectable } from 'kysely';

import type { Session } from '../session.ts';
import type { EnvironmentRow } from '../tables.ts';

type Version = Pick<Selectable<EnvironmentRow>, 'workspaceId' | 'name' | 'version'>;

/** Undefined when no version has it. */
export async function versionLabelled(
  { db }: Pick<Session, 'db'>,
  workspaceId: string,
  name: string,
  label: string,
): Promise<number | undefined> {
  const row = await db
    .selectFrom('environmentLabels')
    .select('version')
    .where('workspaceId', '=', workspaceId)
    .where('name', '=', name)
    .where('label', '=', label)
    .executeTakeFirst();
  return row?.version;
}

/** In order of their letters. */
export async function labelsOf(
  { db }: Pick<Session, 'db'>,
  { workspaceId, name, version }: Version,
): Promise<string[]> {
  const rows = await db
    .selectFrom('environmentLabels')
    .select('label')
    .where('workspaceId', '=', workspaceId)
    .where('name', '=', name)
    .where('version', '=', version)
    .execute();
  return rows.map(({ label }) => label).toSorted();
}

/** In place of those that the version had; other versions lose the ones that go over. */
export async function writeEnvironmentLabels(
  { db }: Pick<Session, 'db'>,
  { workspaceId, name, version }: Version,
  labels: readonly string[],
): Promise<void> {
  const unique = [...new Set(labels)];
  await db
    .deleteFrom('environmentLabels')
    .where('workspaceId', '=', workspaceId)
    .where('name', '=', name)
    .where(({ or, eb }) => or([eb('version', '=', version), eb('label', 'in', [...unique, ''])]))
    .execute();
  if (unique.length > 0) {
    await db
      .insertInto('environmentLabels')
      .values(unique.map((label) => ({ workspaceId, name, label, version })))
      .execute();
  }
}
