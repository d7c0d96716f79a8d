/** Models as azureml-core reads them. */
import type { Model } from '@farled/contract';

import { modelAssetUrl } from './asset-id.ts';

/** contract 6: how datasets are referred to. */
const DATASET = 'aml://dataset/';

export interface WireModel {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly framework: string;
  readonly frameworkVersion: string | null;
  readonly url: string;
  readonly mimeType: string;
  readonly description: string;
  readonly createdTime: string;
  readonly modifiedTime: string;
  readonly unpack: boolean;
  readonly kvTags: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
  readonly datasets: readonly [];
  readonly parentModelId: null;
  readonly derivedModelIds: readonly string[];
  readonly runId: string | null;
  readonly experimentName: string | null;
  readonly sampleInputData: string | null;
  readonly sampleOutputData: string | null;
  readonly resourceRequirements: WireRequirements | null;
  readonly createdBy: null;
}

/** All members, or none of them: a missing one fails where a model is part of a service. */
interface WireRequirements {
  readonly cpu: number | null;
  readonly memoryInGB: number | null;
  readonly gpu: number | null;
}

export function toWireModel(model: Model): WireModel {
  const { id, name, version, framework, frameworkVersion, description, createdTime, modifiedTime } = model;
  return {
    id,
    name,
    version,
    framework,
    frameworkVersion,
    url: modelAssetUrl(id),
    mimeType: 'application/json',
    description,
    createdTime,
    modifiedTime,
    unpack: false,
    kvTags: model.tags,
    properties: model.properties,
    datasets: [],
    parentModelId: null,
    derivedModelIds: [],
    runId: model.runId,
    experimentName: model.experimentName,
    sampleInputData: datasetUrl(model.sampleInputDatasetId),
    sampleOutputData: datasetUrl(model.sampleOutputDatasetId),
    resourceRequirements: toWireRequirements(model.resourceRequirements),
    createdBy: null,
  };
}

/** Where a model is part of a service or an image, its tags are read from `tags`. */
export function toEmbeddedModel(model: Model): WireModel & { readonly tags: WireModel['kvTags'] } {
  return { ...toWireModel(model), tags: model.tags };
}

/** The id in a reference to a dataset; what is not written as one is taken for the id itself. */
export function datasetId(url: string): string {
  return url.startsWith(DATASET) ? url.slice(DATASET.length) : url;
}

function datasetUrl(id: string | null): string | null {
  return id === null ? null : `${DATASET}${id}`;
}

function toWireRequirements(said: Model['resourceRequirements']): WireRequirements | null {
  return said === null ? null : { cpu: said.cpu ?? null, memoryInGB: said.memoryInGB ?? null, gpu: said.gpu ?? null };
}
