/** Registered environments: a definition per version, a new version only when the definition changes. */
import { type Environment, type EnvironmentDefinition, FarledError, LATEST } from '@farled/contract';
import { isoTime } from '@farled/service';
import type { Selectable } from 'kysely';

import { canonicalJson, digestOf } from '../canonical-json.ts';
import { nearestNames } from '../nearest.ts';
import type { Session } from '../session.ts';
import { type Page, type PageRequest, toPage } from '../skip-tokens.ts';
import type { EnvironmentRow } from '../tables.ts';
import { labelsOf, versionLabelled, writeEnvironmentLabels } from './environment-labels.ts';
import { suggestion } from './workspaces.ts';

export interface EnvironmentStore {
  /**
   * Answers the newest version as it is when its definition is the same. The password of its base image's registry is
   * encrypted at rest, and in no definition that is answered: one that comes back as it was answered keeps it.
   */
  register(workspaceId: string, definition: EnvironmentDefinition): Promise<Environment>;
  /** Under that version. @throws FarledError EnvironmentVersionExists when it has another definition. */
  registerVersion(workspaceId: string, definition: EnvironmentDefinition, version: number): Promise<Environment>;
  /** The newest version unless one is named. @throws FarledError EnvironmentNotFound. */
  get(workspaceId: string, name: string, version?: string | null): Promise<Environment>;
  /** The version of that label, the newest for «latest». @throws FarledError EnvironmentNotFound. */
  getByLabel(workspaceId: string, name: string, label: string): Promise<Environment>;
  /** Gives a version its labels, in place of those that it had. @throws FarledError EnvironmentNotFound. */
  setLabels(workspaceId: string, name: string, version: string, labels: readonly string[]): Promise<Environment>;
  /** Wakes who builds environments: the operation says which one. */
  announceBuild(operationId: string): void;
  /** Null when there is none. @throws FarledError EnvironmentNotFound. */
  registryPassword(workspaceId: string, name: string, version: string): Promise<string | null>;
  /** The newest version of each name. */
  list(workspaceId: string, page: PageRequest): Promise<Page<Environment>>;
}

export function environmentStore(session: Session): EnvironmentStore {
  const { db, skipTokens, secrets } = session;

  const newest = (inside: Session['db'], workspaceId: string, name: string) =>
    inside
      .selectFrom('environments')
      .selectAll()
      .where('workspaceId', '=', workspaceId)
      .where('name', '=', name)
      .orderBy('version', 'desc')
      .limit(1)
      .executeTakeFirst();

  const versionRow = (inside: Session['db'], workspaceId: string, name: string, version: number) =>
    inside
      .selectFrom('environments')
      .selectAll()
      .where('workspaceId', '=', workspaceId)
      .where('name', '=', name)
      .where('version', '=', version)
      .executeTakeFirst();

  const getRow = async (
    workspaceId: string,
    name: string,
    version: string | null,
    inside = db,
  ): Promise<Selectable<EnvironmentRow>> => {
    const row =
      version === null
        ? await newest(inside, workspaceId, name)
        : await versionRow(inside, workspaceId, name, /^[1-9]\d{0,14}$/.test(version) ? Number(version) : -1);
    if (row === undefined) {
      throw await notFound(inside, workspaceId, name, version === null ? '' : ` with version ${version}`);
    }
    return row;
  };

  return {
    register: (workspaceId, definition) =>
      session.atomically(async (inner) => {
        const described = await describe(inner, workspaceId, definition);
        const last = await newest(inner.db, workspaceId, definition.name);
        return last?.definitionDigest === described.definitionDigest
          ? toEnvironment(inner, last)
          : insert(inner, workspaceId, described, (last?.version ?? 0) + 1);
      }),
    registerVersion: (workspaceId, definition, version) =>
      session.atomically(async (inner) => {
        const described = await describe(inner, workspaceId, definition);
        const present = await versionRow(inner.db, workspaceId, definition.name, version);
        if (present === undefined) {
          return insert(inner, workspaceId, described, version);
        }
        if (present.definitionDigest !== described.definitionDigest) {
          const message = `Version ${version} of environment "${definition.name}" has another definition, and versions are never changed.`;
          throw new FarledError('EnvironmentVersionExists', message, {
            suggestion: 'Name no version (version = None), and it is registered as the next one.',
          });
        }
        return toEnvironment(inner, present);
      }),
    get: async (workspaceId, name, version = null) => toEnvironment(session, await getRow(workspaceId, name, version)),
    getByLabel: async (workspaceId, name, label) => {
      const version = label.toLowerCase() === LATEST ? null : await versionLabelled(session, workspaceId, name, label);
      if (version === undefined) {
        throw await notFound(db, workspaceId, name, ` with the label "${label}"`);
      }
      return toEnvironment(session, await getRow(workspaceId, name, version === null ? null : String(version)));
    },
    setLabels: (workspaceId, name, version, labels) =>
      session.atomically(async (inner) => {
        const row = await getRow(workspaceId, name, version, inner.db);
        await writeEnvironmentLabels(inner, row, labels);
        return toEnvironment(inner, row);
      }),
    announceBuild: (operationId) => session.announce({ kind: 'environment', id: operationId }),
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
      const rows = toPage(
        skipTokens,
        'environments',
        page,
        await query.execute(),
        (row) => [row.seq],
        (row) => row,
      );
      return { ...rows, value: await Promise.all(rows.value.map((row) => toEnvironment(session, row))) };
    },
  };
}

/** A definition as it is kept: with its digest, and its password apart. */
interface Described {
  readonly definition: EnvironmentDefinition;
  readonly definitionDigest: string;
  readonly password: string | null;
}

async function describe(session: Session, workspaceId: string, definition: EnvironmentDefinition): Promise<Described> {
  const said = definition.docker.baseImageRegistry.password;
  const password = said ?? (await passwordAsShown(session, workspaceId, definition));
  const described = { ...withoutPassword(definition), version: null };
  const definitionDigest = digestOf(
    password === null ? described : { ...described, password: session.secrets.fingerprint(password) },
  );
  return { definition: described, definitionDigest, password };
}

async function insert(
  session: Session,
  workspaceId: string,
  { definition, definitionDigest, password }: Described,
  version: number,
): Promise<Environment> {
  const { name, python, docker } = definition;
  const row = await session.db
    .insertInto('environments')
    .values({
      workspaceId,
      name,
      version,
      definition: JSON.stringify({ ...definition, version: String(version) }),
      definitionDigest,
      digest: digestOf({ python, docker }),
      registryPassword: password === null ? null : session.secrets.seal(password, ownerOf(workspaceId, name, version)),
      createdTime: isoTime(session.clock),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toEnvironment(session, row);
}

/** Names that Azure ML gives to environments of its own. */
const CURATED = /^(?:azureml|microsoft)/i;

async function notFound(db: Session['db'], workspaceId: string, name: string, which: string): Promise<FarledError> {
  const known = await db
    .selectFrom('environments')
    .select('name')
    .distinct()
    .where('workspaceId', '=', workspaceId)
    .execute();
  const names = known.map((environment) => environment.name);
  return new FarledError('EnvironmentNotFound', `There is no environment "${name}"${which} in this workspace.`, {
    suggestion:
      CURATED.test(name) && !names.includes(name)
        ? 'Curated environments are images of Microsoft, which Farled has not: make one with the packages that your entry script needs, and register it under a name of your own.'
        : suggestion(
            'environment',
            nearestNames(name, names),
            'Register it, or give its definition with the inference config.',
          ),
  });
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

async function toEnvironment(session: Session, row: Selectable<EnvironmentRow>): Promise<Environment> {
  return {
    name: row.name,
    version: String(row.version),
    definition: JSON.parse(row.definition) as EnvironmentDefinition,
    digest: row.digest,
    labels: await labelsOf(session, row),
    createdTime: row.createdTime,
  };
}
