/**
 * The requests that azureml-core sends of services, as far as anything in them means something here. Members that nothing
 * knows are passed over, and null is what is not said; what a value may be, the domain says.
 */
import { z } from 'zod';

function said<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined);
}

const anything = z.unknown().optional();
const text = z.string({ error: 'must be text' });
const Section = said(z.record(z.string(), z.unknown(), { error: 'must be an object' }));

/** Scripts set numbers and truth values as well; they come back as text. */
export const Labels = z.record(
  z.string(),
  z.union([z.string(), z.number().transform(String), z.boolean().transform(String), z.null().transform(() => '')], {
    error: 'must be text',
  }),
  { error: 'must be an object of texts' },
);

const Asset = z.object({ id: said(text), url: text, unpack: said(z.boolean({ error: 'must be true or false' })) });
export type Asset = z.output<typeof Asset>;

/** What a service runs. */
export const ImageRequest = z.object(
  {
    modelIds: said(z.array(text, { error: 'must be a list of model ids' })),
    driverProgram: said(text),
    assets: said(z.array(Asset, { error: 'must be a list' }).max(100)),
    /** Read by those who know environments. */
    environment: anything,
  },
  { error: 'must be an object' },
);
export type ImageRequest = z.output<typeof ImageRequest>;

export const Settings = z.object({
  authEnabled: anything,
  aadAuthEnabled: anything,
  numReplicas: anything,
  scoringTimeoutMs: anything,
  maxConcurrentRequestsPerContainer: anything,
  maxQueueWaitMs: anything,
  appInsightsEnabled: anything,
  namespace: anything,
  autoScaler: Section,
  containerResourceRequirements: Section,
  livenessProbeRequirements: Section,
  dataCollection: Section,
});

export const CreateRequest = Settings.extend({
  name: text,
  description: said(text),
  kvTags: said(Labels),
  properties: said(Labels),
  computeType: said(text),
  computeName: said(text),
  overwrite: said(z.boolean({ error: 'must be true or false' })),
  keys: said(z.object({ primaryKey: said(text), secondaryKey: said(text) }, { error: 'must be an object' })),
  imageId: said(text),
  environmentImageRequest: said(ImageRequest),
  sslEnabled: anything,
  cname: anything,
  dnsNameLabel: anything,
  vnetConfiguration: anything,
  encryptionProperties: anything,
});
export type CreateRequest = z.output<typeof CreateRequest>;

export const PatchRequest = z
  .array(z.object({ op: text, path: text, value: anything }, { error: 'must be an object with op, path and value' }), {
    error: 'must be a list of JSON Patch operations',
  })
  .max(1000);
export type PatchRequest = z.output<typeof PatchRequest>;

export const ValidateRequest = z.object({
  type: said(text),
  serviceName: said(text),
  createRequest: anything,
  updateRequest: anything,
});
