/** The requests that azureml-core sends of images, as far as anything in them means something here. */
import { z } from 'zod';

import { Labels } from '../services/wire-request.ts';

function said<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined);
}

const text = z.string({ error: 'must be text' });

const Asset = z.object({
  id: said(text),
  url: text,
  mimeType: said(text),
  unpack: said(z.boolean({ error: 'must be true or false' })),
});

const ImageName = text
  .min(3, { error: 'must have at least 3 characters' })
  .max(32, { error: 'must have at most 32 characters' })
  .regex(/^[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?$/, {
    error: 'must be lowercase letters, digits, dashes and dots, and start and end with a letter or digit',
  });

export const CreateImageRequest = z.object(
  {
    name: ImageName,
    description: said(text.max(8192)),
    kvTags: said(Labels),
    properties: said(Labels),
    imageFlavor: said(text),
    driverProgram: said(text),
    modelIds: said(z.array(text, { error: 'must be a list of model ids' }).max(1000)),
    assets: said(z.array(Asset, { error: 'must be a list' }).max(100)),
    targetRuntime: said(
      z.object(
        {
          runtimeType: said(text),
          targetArchitecture: said(text),
          properties: said(
            z.object({ condaEnvFile: said(text), pipRequirements: said(text) }, { error: 'must be an object' }),
          ),
        },
        { error: 'must be an object' },
      ),
    ),
    dockerFileUri: said(text),
    baseImage: said(text),
    baseImageRegistryInfo: said(
      z.object({ location: said(text), user: said(text), password: said(text) }, { error: 'must be an object' }),
    ),
  },
  { error: 'must be an object' },
);
export type CreateImageRequest = z.output<typeof CreateImageRequest>;

export const PatchImageRequest = z
  .array(
    z.object({ op: text, path: text, value: z.unknown() }, { error: 'must be an object with op, path and value' }),
    { error: 'must be a list of JSON Patch operations' },
  )
  .max(100);
