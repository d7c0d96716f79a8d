/** Makes everything real that a replica is started from: the image and the environment. */
import { parseModelId } from '@farled/contract';
import type { ServiceRecord, ServiceSpec, Stores } from '@farled/state';

import type { Environments } from '../environments/environments.ts';
import type { Images } from '../images/images.ts';
import { type ReplicaTemplate, revisionOf } from './revision.ts';

export interface Prepared {
  readonly revision: string;
  readonly template: ReplicaTemplate;
}

export interface PrepareParts {
  readonly stores: Pick<Stores, 'models' | 'environments' | 'computes'>;
  readonly images: Images;
  readonly environments: Environments;
}

const BYTES_PER_GB = 1024 ** 3;

/** @throws FarledError with a deployment code when the spec can't be made real; the signal's reason when aborted. */
export async function prepare(
  parts: PrepareParts,
  service: ServiceRecord,
  spec: ServiceSpec,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<Prepared> {
  const { stores } = parts;
  const models = await Promise.all(spec.models.map((id) => stores.models.get(service.workspaceId, parseModelId(id))));
  const environment = await stores.environments.get(
    service.workspaceId,
    spec.environment.name,
    spec.environment.version,
  );
  const compute = await stores.computes.get(service.workspaceId, spec.computeName);

  const image = await parts.images.ensure({ models, source: spec.source, signal });
  const built = await parts.environments.ensure({
    definition: environment.definition,
    sourceDirectory: image.sourceDirectory,
    pythonPolicy: compute.clusterPurpose === 'DevTest' ? 'nearest' : 'exact',
    log,
    signal,
  });

  const { containerResourceRequirements: resources, livenessProbeRequirements: liveness } = spec.settings;
  const template: ReplicaTemplate = {
    image: image.folder,
    sourceDirectory: image.sourceDirectory,
    entryScript: spec.entryScript,
    modelDirectory: image.modelDirectory,
    python: built.python,
    environmentVariables: environment.definition.environmentVariables,
    scoringTimeoutMs: spec.settings.scoringTimeoutMs,
    maxConcurrentRequests: spec.settings.maxConcurrentRequestsPerContainer,
    cpu: resources.cpu,
    memoryLimitBytes: Math.round((resources.memoryInGBLimit ?? resources.memoryInGB) * BYTES_PER_GB),
    liveness,
  };
  return { revision: revisionOf(template), template };
}
