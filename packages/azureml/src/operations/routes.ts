import { type Operation, type OperationLog, routes, type WorkspaceReference } from '@farled/contract';

import { json } from '../answer.ts';
import { imageCreation } from '../images/image-creation.ts';
import { packageFacts } from '../packages/package-result.ts';
import type { CompatibleParts } from '../parts.ts';
import { type CompatibleRequest, type CompatibleRoute, MODEL_MANAGEMENT, SUPPORTED } from '../route.ts';
import { modelManagementPath } from './address.ts';
import { keyRegeneration } from './key-regeneration.ts';
import { checkLogLink, LOG_PATH, logLink } from './log-link.ts';
import { asText, operationLines } from './operation-lines.ts';
import { textFrom } from './range.ts';
import { streamedLog } from './streaming-log.ts';
import { toWireOperation } from './wire-operation.ts';

export function operationRoutes(parts: CompatibleParts): readonly CompatibleRoute[] {
  const { api, state } = parts;
  const answer = async ({ workspace, params, query, caller, signal }: CompatibleRequest) => {
    const id = params['operation'] ?? '';
    const operation =
      keyRegeneration(id) ??
      imageCreation(id)?.operation ??
      (await api.call(
        routes.operations.get,
        { params: { ...workspace, operation: id }, query: undefined, body: undefined },
        { caller: caller ?? undefined, signal },
      ));
    return json(
      toWireOperation(operation, {
        ...(await resultOf(workspace, operation, signal)),
        operationLog: logLink(parts, operation.id),
        streamingOperationLog: await streamed(operation, query['offset']),
      }),
    );
  };
  const resultOf = async (workspace: WorkspaceReference, operation: Operation, signal: AbortSignal) => {
    const at = modelManagementPath(workspace);
    const imageId = imageCreation(operation.id)?.imageId;
    if (imageId !== undefined) {
      return { operationType: 'Image', resourceLocation: `${at}/images/${imageId}` };
    }
    return operation.target.type === 'package'
      ? packageFacts(parts, workspace, operation, signal)
      : { operationType: 'Service', resourceLocation: `${at}/services/${operation.target.name}` };
  };
  /** What took no time has written nothing. */
  const linesOf = (id: string): Promise<OperationLog['lines']> =>
    keyRegeneration(id) !== undefined || imageCreation(id) !== undefined
      ? Promise.resolve([])
      : operationLines(state, id);
  const streamed = async ({ id }: Operation, offset: string | undefined): Promise<string | undefined> =>
    offset === undefined ? undefined : streamedLog(await linesOf(id), /^\d{1,15}$/.test(offset) ? Number(offset) : 0);
  return [
    {
      row: 'F13',
      method: 'GET',
      path: `${MODEL_MANAGEMENT}/operations/:operation`,
      client: 'wait_for_deployment, wait_for_creation, delete, regen_key',
      support: SUPPORTED,
      dialect: 'modelManagement',
      need: 'read',
      answer,
    },
    {
      row: 'F13',
      method: 'GET',
      path: `${LOG_PATH}/:operation`,
      client: 'the operationLog of an operation, as people open it',
      support: SUPPORTED,
      dialect: 'modelManagement',
      need: null,
      answer: async ({ params, query, headers }) => {
        const id = params['operation'] ?? '';
        checkLogLink(parts, id, query);
        return textFrom(asText(await linesOf(id)), headers.range);
      },
    },
  ];
}
