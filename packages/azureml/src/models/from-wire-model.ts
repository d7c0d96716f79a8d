/** What azureml-core says of models, in our words. Null is what is not said. */
import { FarledError, parseOrThrow, type RegisterModel, type UpdateModel } from '@farled/contract';
import { z } from 'zod';

import { datasetId } from './wire-model.ts';

const Text = z.string().nullish();

/** Tags and properties; numbers and booleans are taken for their text, as scripts write them. */
const WireLabels = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
  .transform((labels) =>
    Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, value === null ? '' : String(value)])),
  );

const WireRequirements = z.object({
  cpu: z.number().nullish(),
  memoryInGB: z.number().nullish(),
  gpu: z.number().nullish(),
});

const WireModel = z.object({
  name: z.string(),
  url: z.string(),
  description: Text,
  framework: Text,
  frameworkVersion: Text,
  kvTags: WireLabels.nullish(),
  properties: WireLabels.nullish(),
  datasets: z.array(z.unknown()).nullish(),
  unpack: z.boolean().nullish(),
  runId: Text,
  experimentName: Text,
  sampleInputData: Text,
  sampleOutputData: Text,
  resourceRequirements: WireRequirements.nullish(),
});

/** A registration; its files are those of the asset that `url` names. */
export interface WireRegistration {
  readonly url: string;
  readonly model: Omit<RegisterModel, 'files' | 'framework'> & { readonly framework: string };
}

/** @throws FarledError BadArgument naming the members that can't be used; NotSupportedYet for archives and datasets. */
export function fromWireModel(body: unknown): WireRegistration {
  const wire = parseOrThrow(WireModel, body, 'The model');
  if (wire.unpack === true) {
    throw new FarledError('NotSupportedYet', 'Farled does not unpack archives of models.', {
      suggestion: 'Register the folder instead of an archive of it.',
    });
  }
  refuseDatasets(wire.datasets);
  return {
    url: wire.url,
    model: {
      name: wire.name,
      description: wire.description ?? '',
      framework: wire.framework ?? 'Custom',
      frameworkVersion: wire.frameworkVersion ?? null,
      tags: wire.kvTags ?? {},
      properties: wire.properties ?? {},
      runId: wire.runId ?? null,
      experimentName: wire.experimentName ?? null,
      sampleInputDatasetId: fromDatasetUrl(wire.sampleInputData),
      sampleOutputDatasetId: fromDatasetUrl(wire.sampleOutputData),
      resourceRequirements: fromRequirements(wire.resourceRequirements),
    },
  };
}

const Patch = z.object({ op: z.string(), path: z.string(), value: z.unknown() });

/** What a change of a path means. */
const PATCHES = new Map<string, (value: unknown, path: string) => UpdateModel>(
  Object.entries({
    '/kvTags': (value, path) => ({ tags: read(WireLabels.nullish(), value, path) ?? {} }),
    '/properties': (value, path) => ({ addProperties: read(WireLabels.nullish(), value, path) ?? {} }),
    '/description': (value, path) => ({ description: read(Text, value, path) ?? '' }),
    '/resourceRequirements': (value, path) => ({
      resourceRequirements: fromRequirements(read(WireRequirements.nullish(), value, path)),
    }),
    '/sampleInputData': (value, path) => ({ sampleInputDatasetId: fromDatasetUrl(read(Text, value, path)) }),
    '/sampleOutputData': (value, path) => ({ sampleOutputDatasetId: fromDatasetUrl(read(Text, value, path)) }),
    '/datasets': (value, path) => {
      refuseDatasets(read(z.array(z.unknown()).nullish(), value, path));
      return {};
    },
  }),
);

/**
 * One change of what a list of patches says, in their order. Properties only come to others: one that is not in the
 * list stays.
 *
 * @throws FarledError BadArgument naming the path that can't be changed so.
 */
export function fromWirePatches(body: unknown): UpdateModel {
  const patches = parseOrThrow(z.array(Patch).max(100), body, 'The request body');
  const changes = patches.map(({ op, path, value }) => {
    const change = PATCHES.get(path);
    if (change === undefined || (op !== 'replace' && op !== 'add')) {
      throw new FarledError('BadArgument', `A model can not be changed by "${op}" of "${path}".`, {
        suggestion: `What can be replaced or added: ${[...PATCHES.keys()].join(', ')}.`,
      });
    }
    return change(value, path);
  });
  return Object.assign({}, ...changes) as UpdateModel;
}

function read<Schema extends z.ZodType>(schema: Schema, value: unknown, path: string): z.output<Schema> {
  return parseOrThrow(schema, value, `The value of "${path}"`);
}

function fromRequirements(
  said: z.output<typeof WireRequirements> | null | undefined,
): RegisterModel['resourceRequirements'] {
  if (said === null || said === undefined) {
    return null;
  }
  const given = Object.entries(said).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
  return Object.fromEntries(given);
}

function fromDatasetUrl(url: string | null | undefined): string | null {
  return url === null || url === undefined ? null : datasetId(url);
}

function refuseDatasets(datasets: readonly unknown[] | null | undefined): void {
  if ((datasets ?? []).length > 0) {
    throw new FarledError('NotSupportedYet', 'Farled has no datasets, so that no model can refer to one.', {
      suggestion: 'Keep the name of the data in a tag or a property.',
    });
  }
}
