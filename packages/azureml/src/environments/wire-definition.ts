/** The members of a definition on the wire that mean something here; what each may be, the domain says. */
import { z } from 'zod';

/** azureml-core sends the values of variables as scripts set them. */
const Variables = z.record(z.string(), z.union([z.string(), z.number().transform(String)], { error: 'must be text' }), {
  error: 'must be an object',
});

const anything = z.unknown().optional();

const CondaFile = section({ name: anything, channels: anything, dependencies: anything, prefix: anything });

const Python = section({
  userManagedDependencies: anything,
  interpreterPath: anything,
  condaDependencies: CondaFile,
  condaDependenciesFile: anything,
  baseCondaEnvironment: anything,
});

const Registry = section({ address: anything, username: anything, password: anything, registryIdentity: anything });

const Docker = section({
  enabled: anything,
  baseImage: z.string({ error: 'must be text' }).optional(),
  baseDockerfile: anything,
  buildContext: anything,
  baseImageRegistry: Registry,
  platform: section({ os: anything, architecture: anything }),
  sharedVolumes: anything,
  shmSize: anything,
  arguments: anything,
  gpuSupport: anything,
});

export const WireDefinition = z.preprocess(
  tidy,
  z.object(
    {
      name: anything,
      version: anything,
      environmentVariables: Variables.optional(),
      python: Python,
      docker: Docker,
      spark: section({ repositories: anything, packages: anything, precachePackages: anything }),
      databricks: anything,
      r: z.record(z.string(), z.unknown(), { error: 'must be an object' }).optional(),
      inferencingStackVersion: anything,
    },
    { error: 'must be an object' },
  ),
);
export type WireDefinition = z.output<typeof WireDefinition>;

function section<const Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess(tidy, z.object(shape, { error: 'must be an object' }).optional());
}

/** A registration begins some names with a capital, «Docker»; and null is what is not said. */
function tidy(value: unknown): unknown {
  if (value === null) {
    return undefined;
  }
  return typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .filter(([, inner]) => inner !== null)
          .map(([key, inner]) => [key.charAt(0).toLowerCase() + key.slice(1), inner as unknown]),
      )
    : value;
}
