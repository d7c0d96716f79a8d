/** The environment of an image: a conda file, what the client adds to it, and a base image. Pure. */
import {
  CondaDependencies,
  detailsFromIssues,
  EnvironmentDefinition,
  FarledError,
  isUsualAzuremlBaseImage,
  parseOrThrow,
} from '@farled/contract';
import { parse } from 'yaml';

import type { CreateImageRequest } from './wire-request.ts';

export interface ImageFiles {
  /** Texts; null when the request names none. */
  readonly condaFile: string | null;
  readonly requirements: string | null;
}

/** azureml-core adds it to every image: the server of that time, which ours stands in for. */
const SERVER_OF_2018 = /^azureml-model-management-sdk\b/i;

/** @throws FarledError InvalidDocument for a conda file that can't be read; BadArgument. */
export function imageEnvironment(
  { name, baseImage, baseImageRegistryInfo }: Pick<CreateImageRequest, 'name' | 'baseImage' | 'baseImageRegistryInfo'>,
  { condaFile, requirements }: ImageFiles,
): EnvironmentDefinition {
  const conda = condaFile === null ? CondaDependencies.parse({}) : readConda(condaFile);
  const added = (requirements ?? '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !SERVER_OF_2018.test(line));
  const { location = null, user = null, password = null } = baseImageRegistryInfo ?? {};
  const chosen = baseImage === undefined || baseImage === '' || isUsualAzuremlBaseImage(baseImage) ? null : baseImage;
  return parseOrThrow(
    EnvironmentDefinition,
    {
      name: `${name}-image`,
      python: {
        condaDependencies: {
          ...conda,
          dependencies: [...conda.dependencies, ...(added.length === 0 ? [] : [{ pip: added }])],
        },
      },
      docker: { baseImage: chosen, baseImageRegistry: { address: location, username: user, password } },
    },
    'The environment of the image',
  );
}

function readConda(text: string): CondaDependencies {
  let document: unknown;
  try {
    document = parse(text, { logLevel: 'error', maxAliasCount: 100 }) as unknown;
  } catch (error) {
    throw new FarledError('InvalidDocument', `The conda file is no YAML: ${(error as Error).message}`);
  }
  const { name, channels, dependencies } = Object(document) as Record<string, unknown>;
  const result = CondaDependencies.safeParse({
    name: name ?? undefined,
    channels: channels ?? undefined,
    dependencies: dependencies ?? undefined,
  });
  if (!result.success) {
    const details = detailsFromIssues(result.error.issues);
    const listed = details.map(({ target, message }) => (target === undefined ? message : `${target}: ${message}`));
    throw new FarledError('InvalidDocument', `The conda file is not valid: ${listed.join('; ')}.`, { details });
  }
  return result.data;
}
