import { z } from 'zod';

import { DeployedEnvironmentName, EnvironmentName } from '../names.ts';
import { OperationId, Timestamp } from './common.ts';

const Requirement = z.string().min(1).max(1024);

/** A conda environment file as data; `dependencies` are conda match specs and at most one `{pip: [...]}`. */
export const CondaDependencies = z.strictObject({
  name: z.string().max(255).optional(),
  channels: z.array(z.string().max(1024)).max(100).default([]),
  dependencies: z
    .array(z.union([Requirement, z.strictObject({ pip: z.array(Requirement).max(1000) })]))
    .max(1000)
    .default([]),
  prefix: z.string().max(1024).nullable().optional(),
});
export type CondaDependencies = z.output<typeof CondaDependencies>;

const Registry = z.strictObject({
  address: z.string().max(1024).nullable().default(null),
  username: z.string().max(1024).nullable().default(null),
  password: z.string().max(8192).nullable().default(null),
});

/**
 * An environment definition, field for field that of Azure ML v1 (`environment` of inferenceconfig.json).
 * Docker fields are kept as they come; they matter on Kubernetes.
 */
export const EnvironmentDefinition = z.strictObject({
  name: EnvironmentName,
  version: z.string().max(64).nullable().default(null),
  environmentVariables: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'must be a name of letters, digits and underscores' }),
      z.string().max(32_768),
    )
    .default({}),
  python: z
    .strictObject({
      userManagedDependencies: z.boolean().default(false),
      interpreterPath: z.string().max(1024).default('python'),
      condaDependencies: CondaDependencies.nullable().default(null),
      baseCondaEnvironment: z.string().max(255).nullable().default(null),
    })
    .prefault({}),
  docker: z
    .strictObject({
      enabled: z.boolean().default(true),
      baseImage: z.string().max(1024).nullable().default(null),
      baseDockerfile: z.string().max(262_144).nullable().default(null),
      sharedVolumes: z.boolean().default(true),
      shmSize: z.string().max(32).nullable().default(null),
      arguments: z.array(z.string().max(1024)).max(100).default([]),
      baseImageRegistry: Registry.prefault({}),
      platform: z
        .strictObject({ os: z.string().max(64), architecture: z.string().max(64) })
        .nullable()
        .default(null),
      gpuSupport: z.boolean().default(false),
    })
    .refine((docker) => docker.baseImage === null || docker.baseDockerfile === null, {
      error: 'must name baseImage or baseDockerfile, not both',
    })
    .prefault({}),
  spark: z
    .strictObject({
      repositories: z.array(z.string()).default([]),
      packages: z.array(z.record(z.string(), z.string())).default([]),
      precachePackages: z.boolean().default(true),
    })
    .prefault({}),
  databricks: z.record(z.string(), z.unknown()).default({}),
  inferencingStackVersion: z.enum(['latest']).nullable().default(null),
});
export type EnvironmentDefinition = z.output<typeof EnvironmentDefinition>;

export const Environment = z
  .object({
    name: z.string(),
    /** A whole number as text, raised by one whenever the definition changes. */
    version: z.string(),
    definition: EnvironmentDefinition,
    /** SHA-256 of what decides the installed packages: equal digests share one build. */
    digest: z.string(),
    /** Names for this version; «latest» is always the newest, and not among them. */
    labels: z.array(z.string()),
    createdTime: Timestamp,
  })
  .meta({ id: 'Environment', description: 'Python packages and variables that an entry script runs with.' });
export type Environment = z.infer<typeof Environment>;

export const EnvironmentReference = z.strictObject({
  name: EnvironmentName,
  version: z.string().max(64).nullable().default(null),
});

/** What a deployment names or brings along. */
export const DeployedEnvironment = z.union([
  // The name first: a name alone would do as a definition, too, of an environment that has nothing.
  EnvironmentReference.extend({ name: DeployedEnvironmentName }),
  EnvironmentDefinition.extend({ name: DeployedEnvironmentName }),
]);

/** «latest» is the newest version, whatever it is. */
export const LATEST = 'latest';

/** A name for one version of an environment, which may go over to another. */
export const EnvironmentLabel = z
  .string({ error: 'must be text' })
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/, {
    error: 'must be 1 to 255 letters, digits, dashes, underscores and dots, and start with a letter or digit',
  })
  .refine((label) => label.toLowerCase() !== LATEST, {
    error: 'must not be "latest": that is always the newest version',
  });

export const LabelEnvironment = z.strictObject({
  /** All that the version has from then on; another version that had one of them is without it. */
  labels: z.array(EnvironmentLabel).max(100, { error: 'must not be more than 100' }),
});

export const BuildEnvironment = z
  .strictObject({
    /** The newest unless one is named. */
    version: z.string().max(64).optional(),
    operationId: OperationId.optional(),
  })
  .prefault({});
