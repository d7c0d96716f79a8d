/** Services as azureml-core reads them. */
import type { Environment, ErrorBody, Model, Service } from '@farled/contract';

import { sentence } from '../dialects/sentence.ts';
import { toWireEnvironment } from '../environments/wire-environment.ts';
import { toEmbeddedModel } from '../models/wire-model.ts';
import { toWireSettings } from './wire-settings.ts';

/** What a client reads of a service beyond the service itself. */
export interface ServiceContext {
  readonly environment: Environment;
  /** Those of the service that are still known. */
  readonly models: readonly Model[];
  /** A change of it was asked for and has not been begun: what is known of its state is of before. */
  readonly awaitsChange: boolean;
  /** Whether it has ever answered requests. */
  readonly hasAnswered: boolean;
}

export function toWireService(service: Service, context: ServiceContext) {
  const { environment, models, awaitsChange, hasAnswered } = context;
  const error = awaitsChange || service.error === null ? null : toWireFailure(service.error);
  const { desiredReplicas, updatedReplicas, availableReplicas } = service.deploymentStatus;
  return {
    name: service.name,
    description: service.description === '' ? null : service.description,
    kvTags: service.tags,
    properties: service.properties,
    computeType: 'AKS',
    computeName: service.computeName,
    location: null,
    state: awaitsChange ? 'Transitioning' : service.state,
    error,
    operationId: service.operationId,
    createdTime: service.createdTime,
    updatedTime: service.updatedTime,
    ...toWireSettings(service.settings),
    // While nothing answers there, the client says why not in words of its own.
    scoringUri: hasAnswered && service.scoringUri !== '' ? service.scoringUri : null,
    swaggerUri: hasAnswered && service.swaggerUri !== '' ? service.swaggerUri : null,
    deploymentStatus: { desiredReplicas, updatedReplicas, availableReplicas, error },
    models: models.map(toEmbeddedModel),
    environmentImageRequest: {
      driverProgram: service.inference.entryScript,
      modelIds: service.models,
      assets: [],
      environment: toWireEnvironment(environment),
    },
  };
}

/** contract 7.2, as it is shown: with what to do about it. */
export function toWireFailure(error: ErrorBody) {
  const { code, statusCode, details } = error;
  return { code, statusCode, message: sentence(error), details };
}
