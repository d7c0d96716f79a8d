/** The request that azureml-core sends for a package, as far as it means something here. */
import { z } from 'zod';

import { ImageRequest } from '../services/wire-request.ts';

const optionalText = z
  .string({ error: 'must be text' })
  .nullish()
  .transform((value) => value ?? undefined);

export const PackageRequest = z.object(
  {
    imageRequest: ImageRequest,
    packageType: z.enum(['DockerImage', 'DockerBuildContext'], {
      error: 'must be DockerImage or DockerBuildContext',
    }),
    imageName: optionalText,
    imageLabel: optionalText,
  },
  { error: 'must be an object' },
);
export type PackageRequest = z.output<typeof PackageRequest>;
