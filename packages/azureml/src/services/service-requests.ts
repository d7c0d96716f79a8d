/** What the bodies of requests come to, found with the help of what was uploaded: the same for a check and in earnest. */
import { FarledError, parseOrThrow, routes, type WorkspaceReference } from '@farled/contract';

import { imageRecipe } from '../images/image-recipe.ts';
import type { CompatibleParts } from '../parts.ts';
import type { Asked } from './asked.ts';
import { chooseCompute, type Code, type Deployment, refuseOtherTargets, toDeployment } from './deployment.ts';
import { findCode, isNoCode } from './find-code.ts';
import { operationIdFor } from './repeated-request.ts';
import { sourceFiles } from './source-files.ts';
import { readPatch, type Update } from './update.ts';
import { CreateRequest, type ImageRequest, PatchRequest } from './wire-request.ts';

interface ReadDeployment {
  readonly service: string;
  readonly deployment: Deployment;
}

export interface ServiceRequests {
  /** @throws FarledError for a create request that can't be carried out, naming what is wrong with it. */
  deployment(body: unknown, asked: Asked): Promise<ReadDeployment>;
  /** @throws FarledError for a patch that can't be carried out, or for a service that is not there. */
  update(service: string, body: unknown, asked: Asked): Promise<Update>;
}

export function serviceRequests(parts: CompatibleParts): ServiceRequests {
  const { api, state } = parts;
  const repeatable = async (workspace: WorkspaceReference, service: string, request: ImageRequest | undefined) => {
    const { key: workspaceKey } = await state.workspaces.get(workspace);
    const operationId = await operationIdFor(state, { workspaceKey, service, assets: request?.assets ?? [] });
    return operationId === undefined ? {} : { operationId };
  };
  const finders = { ...parts, sources: sourceFiles(parts.artifacts) };
  const computeNames = async (workspace: WorkspaceReference, signal: AbortSignal): Promise<readonly string[]> => {
    const input = { params: workspace, query: {}, body: undefined };
    const { value } = await api.call(routes.computes.list, input, { signal });
    return value.map(({ name }) => name);
  };
  return {
    deployment: async (body, { workspace, signal }) => {
      const request = parseOrThrow(CreateRequest, body, 'The request');
      refuseOtherTargets(request);
      const { environmentImageRequest: imageRequest, imageId } = request;
      if (imageRequest === undefined && imageId === undefined) {
        throw new FarledError('BadArgument', 'environmentImageRequest is missing: what the service is to run.');
      }
      const computeName = chooseCompute(
        request.computeName,
        request.computeName ? [] : await computeNames(workspace, signal),
      );
      const code =
        imageRequest === undefined
          ? await imageRecipe(parts, workspace, imageId ?? '')
          : isNoCode(imageRequest)
            ? { models: imageRequest.modelIds ?? [] }
            : await findCode(finders, workspace, imageRequest, plainEnvironment(request.name), signal);
      const operation = await repeatable(workspace, request.name, imageRequest);
      return { service: request.name, deployment: { ...toDeployment(request, computeName, code), ...operation } };
    },
    update: async (service, body, { workspace, signal }) => {
      const { update, imageRequest, imageId } = readPatch(parseOrThrow(PatchRequest, body, 'The request'));
      if (imageId !== undefined) {
        return { ...update, ...(await imageRecipe(parts, workspace, imageId)) };
      }
      if (imageRequest === undefined) {
        return update;
      }
      const input = { params: { ...workspace, service }, query: undefined, body: undefined };
      const present = await api.call(routes.services.get, input, { signal });
      if (isNoCode(imageRequest) && (await state.services.byId(present.id))?.spec.noCode === true) {
        return { ...update, models: imageRequest.modelIds ?? [] };
      }
      const code = await findCode(finders, workspace, imageRequest, present.inference.environment, signal);
      return { ...update, ...code, ...(await repeatable(workspace, service, imageRequest)) };
    },
  };
}

/** What a deployment runs in that says nothing of it: Python, and what azureml-defaults brings. */
export function plainEnvironment(service: string): Code['inference']['environment'] {
  const condaDependencies = { dependencies: [{ pip: ['azureml-defaults'] }] };
  return { name: `${service}-env`, python: { condaDependencies } };
}
