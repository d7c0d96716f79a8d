/** Operations as azureml-core reads them. Pure. */
import type { ErrorBody, Operation } from '@farled/contract';

import { sentence } from '../dialects/sentence.ts';

export interface OperationFacts {
  /** What the original calls the kind of its result. */
  readonly operationType: string;
  /** Where the result is found; null while there is none. */
  readonly resourceLocation: string | null;
  /** Address of the log, for who has no token. */
  readonly operationLog: string;
  /** Undefined when it was not asked for. */
  readonly streamingOperationLog: string | undefined;
}

export function toWireOperation(operation: Operation, facts: OperationFacts) {
  const { id, state, createdTime, endTime, error } = operation;
  const { streamingOperationLog, ...known } = facts;
  return {
    id,
    state,
    createdTime,
    endTime,
    error: error === null ? null : toWireError(error),
    ...known,
    operationDetails: { subOperationType: subOperationOf(error), subOperationState: state },
    parentRequestId: id,
    ...(streamingOperationLog === undefined ? {} : { streamingOperationLog }),
  };
}

/** Printed as it is: with what to do about it. */
function toWireError(error: ErrorBody) {
  const { code, statusCode, details } = error;
  return { code, statusCode, message: sentence(error), details };
}

const OF_ENVIRONMENTS: ReadonlySet<string> = new Set(['EnvironmentBuildFailed', 'PythonVersionUnavailable']);
const OF_IMAGES: ReadonlySet<string> = new Set(['ImageBuildFailed', 'ImageNotFound', 'RegistryUnavailable']);

/** Decides what the client points to: for the first two the log of the operation, else the logs of the service. */
function subOperationOf(error: ErrorBody | null): 'BuildEnvironment' | 'BuildImage' | 'DeployService' {
  const code = error?.code ?? '';
  return OF_ENVIRONMENTS.has(code) ? 'BuildEnvironment' : OF_IMAGES.has(code) ? 'BuildImage' : 'DeployService';
}
