import { z } from 'zod';

import { FileEntry, OperationId, Timestamp } from './common.ts';
import { Inference, ModelIds } from './service.ts';

/** anchors: `Model.package` names its images `package:<timestamp>` unless told otherwise. */
const DEFAULT_IMAGE_NAME = 'package';

const ImageName = z
  .string()
  .max(128)
  .regex(/^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/, {
    error: 'must be lower-case letters and digits, with ".", "_" or "-" between',
  });

const ImageLabel = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, {
  error: 'must be at most 128 letters, digits, "_", "." and "-", and start with a letter, a digit or "_"',
});

export const PackageModels = z.strictObject({
  models: ModelIds.default([]),
  inference: Inference,
  /** Below the registry of the server. */
  imageName: ImageName.default(DEFAULT_IMAGE_NAME),
  /** The time, unless it is said. */
  imageLabel: ImageLabel.optional(),
  /** Files to build the image from elsewhere, in place of the image. */
  generateDockerfile: z.boolean().default(false),
  operationId: OperationId.optional(),
});
export type PackageModels = z.output<typeof PackageModels>;

export const Package = z
  .object({
    /** The id of the operation that makes it. */
    id: z.string(),
    form: z.enum(['image', 'dockerfile']),
    imageName: z.string(),
    imageLabel: z.string(),
    models: z.array(z.string()),
    inference: z.object({
      entryScript: z.string(),
      environment: z.object({ name: z.string(), version: z.string() }),
    }),
    /** Where the image is, `host/path/name:label`; null until it is there, and for a Dockerfile. */
    location: z.string().nullable(),
    /** Of the image's manifest. */
    digest: z.string().nullable(),
    /** The Dockerfile and all that it copies, by their digests; empty until they are there, and for an image. */
    files: z.array(FileEntry),
    createdTime: Timestamp,
  })
  .meta({ id: 'Package', description: 'Models with an entry script as an image, or as what an image is built from.' });
export type Package = z.infer<typeof Package>;
