/** What the bodies of requests about endpoints come to: the same for a check and in earnest. */
import {
  FarledError,
  parseOrThrow,
  type Route,
  type RouteArguments,
  routes,
  type WorkspaceReference,
} from '@farled/contract';

import { imageRecipe } from '../images/image-recipe.ts';
import type { CompatibleParts } from '../parts.ts';
import type { Asked } from '../services/asked.ts';
import { chooseCompute, type Code } from '../services/deployment.ts';
import { findCode } from '../services/find-code.ts';
import { operationIdFor } from '../services/repeated-request.ts';
import { plainEnvironment } from '../services/service-requests.ts';
import { sourceFiles } from '../services/source-files.ts';
import { type ImageRequest, PatchRequest } from '../services/wire-request.ts';
import { type EndpointDeployment, firstVariant, toEndpointDeployment, toShare, toVersion } from './deployment.ts';
import { type EndpointPatch, readEndpointPatch } from './patch.ts';
import { CreateEndpointRequest } from './wire-request.ts';

/** Carries a change out, or tries it. */
type Send = <R extends Route>(route: R, input: RouteArguments<R>) => Promise<unknown>;

interface ReadEndpoint {
  readonly name: string;
  readonly deployment: EndpointDeployment;
}

export interface EndpointRequests {
  /** @throws FarledError for a create request that can't be carried out, naming what is wrong with it. */
  deployment(body: unknown, asked: Asked): Promise<ReadEndpoint>;
  /** @throws FarledError for a patch that can't be carried out, or for an endpoint that is not there. */
  update(endpoint: string, body: unknown, asked: Asked): Promise<(send: Send) => Promise<unknown>>;
}

interface Runs {
  readonly environmentImageRequest: ImageRequest | undefined;
  readonly imageId: string | undefined;
}

export function endpointRequests(parts: CompatibleParts): EndpointRequests {
  const { api, state } = parts;
  const finders = { ...parts, sources: sourceFiles(parts.artifacts) };
  const computeNames = async (workspace: WorkspaceReference, signal: AbortSignal): Promise<readonly string[]> => {
    const { value } = await api.call(
      routes.computes.list,
      { params: workspace, query: {}, body: undefined },
      { signal },
    );
    return value.map(({ name }) => name);
  };
  const codeOf = async (
    { environmentImageRequest: request, imageId }: Runs,
    environment: Code['inference']['environment'],
    { workspace, signal }: Asked,
  ): Promise<Code> => {
    if (request === undefined && imageId === undefined) {
      throw new FarledError('BadArgument', 'environmentImageRequest is missing: what the version is to run.');
    }
    return request === undefined
      ? imageRecipe(parts, workspace, imageId ?? '')
      : findCode(finders, workspace, request, environment, signal);
  };
  const repeatable = async (
    { workspace }: Asked,
    endpoint: string,
    version: string,
    request: ImageRequest | undefined,
  ) => {
    const { key: workspaceKey } = await state.workspaces.get(workspace);
    const sent = { workspaceKey, service: `${endpoint}.${version}`, assets: request?.assets ?? [] };
    const operationId = await operationIdFor(state, sent);
    return operationId === undefined ? {} : { operationId };
  };
  const changeVersion = async (
    endpoint: string,
    { version, share, change }: Extract<EndpointPatch, { kind: 'version' }>,
    asked: Asked,
  ) => {
    const { update, imageRequest, imageId } = change;
    const { authEnabled: _, tokenAuthEnabled: __, ...settings } = update.settings ?? {};
    const body = { ...update, settings, ...toShare(share) };
    if (imageRequest === undefined && imageId === undefined) {
      return body;
    }
    const params = { ...asked.workspace, endpoint };
    const { signal } = asked;
    const present = await api.call(routes.endpoints.get, { params, query: undefined, body: undefined }, { signal });
    const environment = present.versions.find(({ name }) => name === version)?.inference.environment;
    const runs = { environmentImageRequest: imageRequest, imageId };
    const code = await codeOf(runs, environment ?? plainEnvironment(version), asked);
    return { ...body, ...code, ...(await repeatable(asked, endpoint, version, imageRequest)) };
  };
  return {
    deployment: async (body, asked) => {
      const request = parseOrThrow(CreateEndpointRequest, body, 'The request');
      const { name, computeName: named } = request;
      const [version, variant] = firstVariant(request);
      const computeName = chooseCompute(named, named ? [] : await computeNames(asked.workspace, asked.signal));
      const code = await codeOf(variant, plainEnvironment(name), asked);
      const operation = await repeatable(asked, name, version, variant.environmentImageRequest);
      return { name, deployment: { ...toEndpointDeployment(request, computeName, code), ...operation } };
    },
    update: async (endpoint, body, asked) => {
      const patch = readEndpointPatch(parseOrThrow(PatchRequest, body, 'The request'));
      const params = { ...asked.workspace, endpoint };
      const query = undefined;
      switch (patch.kind) {
        case 'create': {
          const { version, variant } = patch;
          const code = await codeOf(variant, plainEnvironment(version), asked);
          const operation = await repeatable(asked, endpoint, version, variant.environmentImageRequest);
          const made = { ...toVersion(variant, code), ...operation };
          return (send) => send(routes.endpoints.createVersion, { params: { ...params, version }, query, body: made });
        }
        case 'delete': {
          const at = { ...params, version: patch.version };
          return (send) => send(routes.endpoints.deleteVersion, { params: at, query: {}, body: undefined });
        }
        case 'version': {
          const changed = await changeVersion(endpoint, patch, asked);
          const at = { ...params, version: patch.version };
          return (send) => send(routes.endpoints.updateVersion, { params: at, query, body: changed });
        }
        case 'endpoint': {
          const changed = toEndpointUpdate(patch);
          return (send) => send(routes.endpoints.update, { params, query, body: changed });
        }
      }
    },
  };
}

/** @throws FarledError BadArgument for what only versions have. */
function toEndpointUpdate({
  shares,
  change,
}: Extract<EndpointPatch, { kind: 'endpoint' }>): RouteArguments<typeof routes.endpoints.update>['body'] {
  const { settings = {}, ...texts } = change.update;
  const { authEnabled, tokenAuthEnabled, ...more } = settings;
  if (change.imageRequest !== undefined || change.imageId !== undefined || Object.keys(more).length > 0) {
    throw new FarledError('BadArgument', 'An endpoint has no settings of its own but who may score.', {
      suggestion: 'Change a version, with update_version.',
    });
  }
  const all = Object.entries(shares);
  const defaultVersion = all.find(([, { isDefault }]) => isDefault === true)?.[0];
  const controlVersion = all.find(([, { type }]) => type === 'Control')?.[0];
  const traffic = Object.fromEntries(
    all.flatMap(([name, { trafficPercentile }]) =>
      trafficPercentile === undefined || trafficPercentile === null ? [] : [[name, trafficPercentile as number]],
    ),
  );
  return {
    ...texts,
    ...(authEnabled === undefined ? {} : { authEnabled }),
    ...(tokenAuthEnabled === undefined ? {} : { tokenAuthEnabled }),
    ...(Object.keys(traffic).length === 0 ? {} : { traffic }),
    ...(defaultVersion === undefined ? {} : { defaultVersion }),
    ...(controlVersion === undefined ? {} : { controlVersion }),
  };
}
