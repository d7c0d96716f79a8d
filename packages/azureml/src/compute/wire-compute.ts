import type { Compute } from '@farled/contract';

export interface ComputeSurroundings {
  /** Of the workspace. */
  readonly location: string;
  /** Base address of the API server of a Kubernetes. */
  readonly apiServer: string | null;
  /** Of Farled. */
  readonly version: string;
}

/** Every member is there, because the client fails without one. */
export function toWireCompute(compute: Compute, { location, apiServer, version }: ComputeSurroundings) {
  const { provisioningErrors, scoringUrl } = compute;
  return {
    id: compute.id,
    name: compute.name,
    type: 'Microsoft.MachineLearningServices/workspaces/computes',
    location,
    tags: compute.tags,
    properties: {
      computeType: compute.computeType,
      computeLocation: compute.location,
      description: compute.description,
      resourceId: compute.resourceId,
      isAttachedCompute: compute.attached,
      provisioningState: compute.provisioningState,
      provisioningErrors:
        provisioningErrors.length === 0
          ? null
          : provisioningErrors.map(({ code, message }) => ({ error: { code, message } })),
      createdOn: compute.createdTime,
      modifiedOn: compute.modifiedTime,
      properties: {
        agentVmSize: compute.vmSize,
        agentCount: compute.agentCount,
        clusterPurpose: compute.clusterPurpose,
        clusterFqdn: hostOf(apiServer),
        systemServices:
          scoringUrl === null
            ? []
            : [{ systemServiceType: 'ScoringFrontEnd', version, publicIpAddress: hostOf(scoringUrl) }],
        sslConfiguration: null,
        loadBalancerType: compute.loadBalancerType,
        loadBalancerSubnet: compute.loadBalancerSubnet,
      },
    },
  };
}

function hostOf(address: string | null): string | null {
  return address !== null && URL.canParse(address) ? new URL(address).hostname : null;
}
