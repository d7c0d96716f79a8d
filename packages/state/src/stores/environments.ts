/** Registered environments: a definition per version, a new version only when the definition changes. */
import { type Environment, type EnvironmentDefinition, FarledError } from '@farled/contract';
import { isoTime } from '@farled/service';
import type { Selectable } from 'kysely';

import { canonicalJson, digestOf } from '../canonical-json.ts';
import { nearestNames } from '../nearest.ts';
import type { Session } from '../session.ts';
import { type Page, type PageRequest, toPage } from '../skip-tokens.ts';
import type { EnvironmentRow } from '../tables.ts';
import { suggestion } from './workspaces.ts';

export interface EnvironmentStore {
  /**
   * Answers the newest version as it is when its definition is the same. The password of its base image's registry is
   * encrypted at rest, and in no definition that is answered: one that comes back as it was answered keeps it.
   */
  register(workspaceId: string, definition: EnvironmentDefinition): Promise<Environment>;
  /** The newest version unless one is named. @throws FarledError EnvironmentNotFound. */
  get(workspaceId: string, name: string, version?: string | null): Promise<Environment>;
  /** Null when there is none. @throws FarledError EnvironmentNotFound. */
  registryPassword(workspaceId: string, name: string, version: string): Promise<string | null>;
  /** The newest version of each name. */
  list(workspaceId: string, page: PageRequest): Promise<Page<Environment>>;
}

export function environmentStore(session: Session): EnvironmentStore {
  const { db, clock, skipTokens, secrets } = session;

  const newest = (inside: Session['db'], workspaceId: string, name: string) =>
    inside
      .selectFrom('environments')
      .selectAll()
      .where('workspaceId', '=', workspaceId)
      .where('name', '=', name)
      .orderBy('version', 'desc')
      .limit(1)
      .executeTakeFirst();

  const getRow = async (
    workspaceId: string,
    name: string,
    version: string | null,
  ): Promise<Selectable<EnvironmentRow>> => {
    const row =
      version === null
        ? await newest(db, workspaceId, name)
        : await db
            .selectFrom('environments')
            .selectAll()
            .where('workspaceId', '=', workspaceId)
            .where('name', '=', name)
            .where('version', '=', /^[1-9]\d{0,14}$/.test(version) ? Number(version) : -1)
            .executeTakeFirst();
    if (row === undefined) {
      const known = await db
        .selectFrom('environments')
        .select('name')
        .distinct()
        .where('workspaceId', '=', workspaceId)
        .execute();
      const names = known.map((environment) => environment.name);
      const which = version === null ? `"${name}"` : `"${name}" with version ${version}`;
      throw new FarledError('EnvironmentNotFound', `There is no environment ${which} in this workspace.`, {
        suggestion: suggestion(
          'environment',
          nearestNames(name, names),
          'Register it, or give its definition with the inference config.',
        ),
      });
    }
    return row;
  };

  return {
    register: (workspaceId, definition) =>
      session.atomically(async (inner) => {
        const said = definition.docker.baseImageRegistry.password;
        const password = said ?? (await passwordAsShown(inner, workspaceId, definition));
        const described = { ...withoutPassword(definition), version: null };
        const definitionDigest = digestOf(
          password === null ? described : { ...described, password: secrets.fingerprint(password) },
        );
        const last = await newest(inner.db, workspaceId, definition.name);
        if (last?.definitionDigest === definitionDigest) {
          return toEnvironment(last);
        }
        const version = (last?.version ?? 0) + 1;
        const row = await inner.db
          .insertInto('environments')
          .values({
            workspaceId,
            name: definition.name,
            version,
            definition: JSON.stringify({ ...described, version: String(version) }),
            definitionDigest,
            digest: digestOf({ python: described.python, docker: described.docker }),
            registryPassword:
              password === null ? null : secrets.seal(password, ownerOf(workspaceId, definition.name, version)),
            createdTime: isoTime(clock),
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        return toEnvironment(row);
      }),
    get: async (workspaceId, name, version = null) => toEnvironment(await getRow(workspaceId, name, version)),
    registryPassword: async (workspaceId, name, version) => {
      const row = await getRow(workspaceId, name, version);
      return row.registryPassword === null
        ? null
        : secrets.open(row.registryPassword, ownerOf(workspaceId, name, row.version));
    },
    list: async (workspaceId, page) => {
      const after = page.skipToken === undefined ? undefined : skipTokens.read('environments', page.skipToken);
      let query = db
        .selectFrom('environments')
        .selectAll()
        .where('workspaceId', '=', workspaceId)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('environments as newer')
                .select('newer.version')
                .whereRef('newer.workspaceId', '=', 'environments.workspaceId')
                .whereRef('newer.name', '=', 'environments.name')
                .whereRef('newer.version', '>', 'environments.version'),
            ),
          ),
        )
        .orderBy('seq', 'desc')
        .limit(page.count + 1);
      if (after !== undefined) {
        query = query.where('seq', '<', Number(after[0]));
      }
      return toPage(skipTokens, 'environments', page, await query.execute(), (row) => [row.seq], toEnvironment);
    },
  };
}

/** The password of a version that was answered with this very definition: whoever sends it back can't know it. */
async function passwordAsShown(
  { db, secrets }: Session,
  workspaceId: string,
  definition: EnvironmentDefinition,
): Promise<string | null> {
  const { name, docker } = definition;
  if (docker.baseImageRegistry.username === null) {
    return null;
  }
  const rows = await db
    .selectFrom('environments')
    .select(['version', 'definition', 'registryPassword'])
    .where('workspaceId', '=', workspaceId)
    .where('name', '=', name)
    .where('registryPassword', 'is not', null)
    .orderBy('version', 'desc')
    .execute();
  const shown = canonicalJson({ ...definition, version: null });
  const same = rows.find(
    (row) => canonicalJson({ ...(JSON.parse(row.definition) as object), version: null }) === shown,
  );
  return same === undefined || same.registryPassword === null
    ? null
    : secrets.open(same.registryPassword, ownerOf(workspaceId, name, same.version));
}

function withoutPassword(definition: EnvironmentDefinition): EnvironmentDefinition {
  const { docker } = definition;
  return { ...definition, docker: { ...docker, baseImageRegistry: { ...docker.baseImageRegistry, password: null } } };
}

/** What a password is sealed for: no other version can open it. */
function ownerOf(workspaceId: string, name: string, version: number): string {
  return `environment/${workspaceId}/${name}/${version}`;
}

function toEnvironment(row: Selectable<EnvironmentRow>): Environment {
  return {
    name: row.name,
    version: String(row.version),
    definition: JSON.parse(row.definition) as EnvironmentDefinition,
    digest: row.digest,
    createdTime: row.createdTime,
  };
}
