import { z } from 'zod';

import { ModelName } from '../names.ts';
import { FileManifest, Tags, Timestamp } from './common.ts';

export const MODEL_FRAMEWORKS = ['Custom', 'ScikitLearn', 'TensorFlow', 'TfKeras', 'PyTorch', 'Onnx', 'Multi'] as const;

/** What a model asks for when a deployment says nothing. */
export const ResourceRequirements = z.strictObject({
  cpu: z.number().positive().max(1024).optional(),
  memoryInGB: z.number().positive().max(16384).optional(),
  gpu: z.int().min(0).max(64).optional(),
});
export type ResourceRequirements = z.infer<typeof ResourceRequirements>;

const fields = {
  description: z.string().max(8192).default(''),
  framework: z.enum(MODEL_FRAMEWORKS, { error: `must be one of ${MODEL_FRAMEWORKS.join(', ')}` }).default('Custom'),
  frameworkVersion: z.string().max(64).nullable().default(null),
  tags: Tags.default({}),
  properties: Tags.default({}),
  resourceRequirements: ResourceRequirements.nullable().default(null),
  runId: z.string().max(256).nullable().default(null),
  experimentName: z.string().max(256).nullable().default(null),
  sampleInputDatasetId: z.string().max(256).nullable().default(null),
  sampleOutputDatasetId: z.string().max(256).nullable().default(null),
};

export const Model = z
  .object({
    /** «name:version». */
    id: z.string(),
    name: z.string(),
    version: z.int().positive(),
    ...fields,
    /** Paths below `azureml-models/<name>/<version>/`; a registered folder's own name is their first part. */
    files: FileManifest,
    /** Bytes of all files together. */
    size: z.int(),
    createdTime: Timestamp,
    modifiedTime: Timestamp,
  })
  .meta({ id: 'Model', description: 'A registered model: one version of a name.' });
export type Model = z.infer<typeof Model>;

/** Registers the next version of `name`; the bytes of `files` must have been uploaded. */
export const RegisterModel = z.strictObject({ name: ModelName, ...fields, files: FileManifest });
export type RegisterModel = z.output<typeof RegisterModel>;

/** Tags are replaced key by key, properties only added: a property once set stays. */
export const UpdateModel = z.strictObject({
  description: z.string().max(8192).optional(),
  tags: Tags.optional(),
  addTags: Tags.optional(),
  removeTags: z.array(z.string()).max(100).optional(),
  addProperties: Tags.optional(),
  resourceRequirements: ResourceRequirements.nullable().optional(),
  sampleInputDatasetId: z.string().max(256).nullable().optional(),
  sampleOutputDatasetId: z.string().max(256).nullable().optional(),
});
export type UpdateModel = z.output<typeof UpdateModel>;
