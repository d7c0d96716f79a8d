/** The durable record as a whole: its stores, transactions over them, and what changed. */
import type { Clock } from '@farled/service';

import { ChangeFeed, type Changes } from './changes.ts';
import { type DatabaseOptions, openDatabase } from './database.ts';
import type { GoodSpec, LegacyImageRecord, PackageResult, ServiceSpec } from './records.ts';
import { SecretBox } from './secret-box.ts';
import { openSession, type Session, takeWriterLock } from './session.ts';
import { SkipTokens } from './skip-tokens.ts';
import { type ClusterStore, clusterStore } from './stores/clusters.ts';
import { type ComputeStore, computeStore } from './stores/computes.ts';
import { type EndpointStore, endpointStore } from './stores/endpoints.ts';
import { type EnvironmentStore, environmentStore } from './stores/environments.ts';
import { type IdentityStore, identityStore } from './stores/identities.ts';
import { type KeyStore, keyStore } from './stores/keys.ts';
import { type LegacyImageStore, legacyImageStore } from './stores/legacy-images.ts';
import { type LoginStore, loginStore } from './stores/logins.ts';
import { type ModelStore, modelStore } from './stores/models.ts';
import { type OperationStore, operationStore } from './stores/operations.ts';
import { type PackageStore, packageStore } from './stores/packages.ts';
import { type ResourceGroupStore, resourceGroupStore } from './stores/resource-groups.ts';
import { type ServiceStore, serviceStore } from './stores/services.ts';
import { type SigningKeyStore, signingKeyStore } from './stores/signing-keys.ts';
import { type StagedFileStore, stagedFileStore } from './stores/staged-files.ts';
import { type WorkspaceStore, workspaceStore } from './stores/workspaces.ts';

export interface Stores {
  readonly workspaces: WorkspaceStore;
  readonly resourceGroups: ResourceGroupStore;
  readonly models: ModelStore;
  readonly environments: EnvironmentStore;
  readonly clusters: ClusterStore;
  readonly computes: ComputeStore;
  readonly services: ServiceStore;
  readonly endpoints: EndpointStore;
  readonly keys: KeyStore;
  readonly packages: PackageStore;
  readonly legacyImages: LegacyImageStore;
  readonly stagedFiles: StagedFileStore;
  readonly operations: OperationStore;
  readonly signingKeys: SigningKeyStore;
  readonly identities: IdentityStore;
  readonly logins: LoginStore;
}

export interface State extends Stores, AsyncDisposable {
  /** Everything that `run` does to the stores it is given, or nothing; changes are announced after the commit. */
  transaction<T>(run: (stores: Stores) => Promise<T>): Promise<T>;
  readonly changes: Changes;
  /** Stands for a secret where only equality matters, such as in digests of requests. */
  fingerprint(secret: string): string;
  /** SHA-256 of every file that a model, a service or a package consists of, what a service may fall back or be rolled back to, or that is staged. */
  referencedArtifacts(): Promise<ReadonlySet<string>>;
}

export interface StateOptions {
  readonly database: DatabaseOptions;
  /** 32 bytes: what the record's secrets are encrypted with. */
  readonly secretKey: Buffer;
  readonly clock: Clock;
}

/** Opens the record and brings its tables up to date. @throws FarledError InternalError when that fails. */
export async function openState({ database, secretKey, clock }: StateOptions): Promise<State> {
  const secrets = new SecretBox(secretKey);
  const db = await openDatabase(database);
  const changes = new ChangeFeed();
  const session = openSession(
    { db, clock, secrets, skipTokens: new SkipTokens(secretKey), announce: (change) => changes.announce(change) },
    database.kind === 'postgres' ? takeWriterLock : () => Promise.resolve(),
  );
  return {
    ...stores(session),
    changes,
    fingerprint: (secret) => secrets.fingerprint(secret),
    transaction: (run) => session.atomically((inner) => run(stores(inner))),
    referencedArtifacts: () => referencedArtifacts(session),
    [Symbol.asyncDispose]: () => db.destroy(),
  };
}

function stores(session: Session): Stores {
  return {
    workspaces: workspaceStore(session),
    resourceGroups: resourceGroupStore(session),
    models: modelStore(session),
    environments: environmentStore(session),
    clusters: clusterStore(session),
    computes: computeStore(session),
    services: serviceStore(session),
    endpoints: endpointStore(session),
    keys: keyStore(session),
    packages: packageStore(session),
    legacyImages: legacyImageStore(session),
    stagedFiles: stagedFileStore(session),
    operations: operationStore(session),
    signingKeys: signingKeyStore(session),
    identities: identityStore(session),
    logins: loginStore(session),
  };
}

async function referencedArtifacts({ db }: Session): Promise<ReadonlySet<string>> {
  const models = await db.selectFrom('models').select('files').execute();
  const services = await db.selectFrom('services').select(['spec', 'lastGood', 'previousGood']).execute();
  const specs = services.flatMap(({ spec, ...good }) => [
    JSON.parse(spec) as ServiceSpec,
    ...Object.values(good).flatMap((text) => (text === null ? [] : [(JSON.parse(text) as GoodSpec).spec])),
  ]);
  const images = await db.selectFrom('legacyImages').select('recipe').execute();
  const packages = await db.selectFrom('packages').select(['spec', 'result']).execute();
  const staged = await db.selectFrom('stagedFiles').select('sha256').where('sha256', 'is not', null).execute();
  const manifests = [
    ...packages.flatMap(({ spec, result }) =>
      // What an image was made from is in it.
      result === null ? [(JSON.parse(spec) as ServiceSpec).source] : [(JSON.parse(result) as PackageResult).files],
    ),
    ...images.map(({ recipe }) => (JSON.parse(recipe) as LegacyImageRecord['recipe']).source),
    ...models.map(({ files }) => JSON.parse(files) as ServiceSpec['source']),
    ...specs.map(({ source }) => source),
  ];
  return new Set([
    ...manifests.flatMap((files) => files.map((file) => file.sha256)),
    ...staged.flatMap(({ sha256 }) => sha256 ?? []),
  ]);
}
