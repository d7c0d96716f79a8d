import type { Compute } from '@farled/contract';

export function exampleCompute(changes: Partial<Compute> = {}): Compute {
  return {
    id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/computes/myaks',
    name: 'myaks',
    computeType: 'AKS',
    resourceId: '/subscriptions/s/resourcegroups/g/providers/Microsoft.ContainerService/managedClusters/c',
    clusterKind: 'kubernetes',
    attached: true,
    clusterPurpose: 'FastProd',
    agentCount: 3,
    vmSize: 'Standard_D3_v2',
    location: 'local',
    loadBalancerType: 'PublicIp',
    loadBalancerSubnet: null,
    serviceType: 'LoadBalancer',
    namespace: 'ml',
    placement: null,
    scoringUrl: 'http://10.0.0.7:30080',
    description: 'text',
    tags: { a: 'b' },
    provisioningState: 'Succeeded',
    provisioningErrors: [],
    capacity: { cpu: 12, memoryInGB: 42, gpu: 0 },
    reserved: { cpu: 0, memoryInGB: 0 },
    createdTime: '2026-01-01T00:00:00.000Z',
    modifiedTime: '2026-01-02T00:00:00.000Z',
    ...changes,
  };
}
