/** Endpoints as azureml-core reads them: with their versions as services are read. */
import type { Endpoint, WorkspaceReference } from '@farled/contract';

import type { CompatibleParts } from '../parts.ts';
import { describeServices } from '../services/describe-service.ts';
import { toWireFailure } from '../services/wire-service.ts';

type WireService = Awaited<ReturnType<typeof describeServices>>[number];

export async function describeEndpoints(
  parts: Pick<CompatibleParts, 'state'>,
  workspace: WorkspaceReference,
  endpoints: readonly Endpoint[],
) {
  const { key } = await parts.state.workspaces.get(workspace);
  return Promise.all(
    endpoints.map(async (endpoint) => {
      const { computeName } = endpoint;
      const services = endpoint.versions.map((version) => ({ ...version, computeName, computeType: 'AKS' }) as const);
      const operation = await parts.state.operations.find(key, endpoint.operationId);
      const described = await describeServices(parts, workspace, services);
      return toWireEndpoint(endpoint, described, operation?.state === 'NotStarted');
    }),
  );
}

/** `versions` are in the order of the endpoint's. */
function toWireEndpoint(endpoint: Endpoint, versions: readonly WireService[], awaitsChange: boolean) {
  const { description, error, scoringUri, swaggerUri, authEnabled, tokenAuthEnabled } = endpoint;
  const answers = versions.some((version) => version.scoringUri !== null);
  return {
    name: endpoint.name,
    description: description === '' ? null : description,
    kvTags: endpoint.tags,
    properties: endpoint.properties,
    computeType: 'AKSENDPOINT',
    computeName: endpoint.computeName,
    location: null,
    state: awaitsChange ? 'Transitioning' : endpoint.state,
    error: awaitsChange || error === null ? null : toWireFailure(error),
    operationId: endpoint.operationId,
    createdTime: endpoint.createdTime,
    updatedTime: endpoint.updatedTime,
    authEnabled,
    aadAuthEnabled: tokenAuthEnabled,
    appInsightsEnabled: endpoint.versions.some(({ settings }) => settings.appInsightsEnabled),
    scoringUri: answers && scoringUri !== '' ? scoringUri : null,
    swaggerUri: answers && swaggerUri !== '' ? swaggerUri : null,
    versions: Object.fromEntries(
      endpoint.versions.map(({ name, trafficPercentile, isDefault, type }, index) => [
        name,
        { ...versions[index], trafficPercentile, isDefault, type },
      ]),
    ),
  };
}
