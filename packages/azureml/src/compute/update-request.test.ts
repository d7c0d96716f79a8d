import { describe, expect, test } from 'vitest';

import { exampleCompute } from './testing/example-compute.ts';
import { attachAgain } from './update-request.ts';

const INTERNAL = { loadBalancerType: 'InternalLoadBalancer', loadBalancerSubnet: 'inner' } as const;

describe('a change comes to', () => {
  test.each([
    ['nothing, when nothing is said', {}, {}, null],
    [
      'nothing, when all is said as it is',
      {},
      { agentCount: 3, vmSize: 'standard_d3_V2', loadBalancerType: 'PublicIp' },
      null,
    ],
    ['nothing of this machine either', { clusterKind: 'local' } as const, { loadBalancerType: 'PublicIp' }, null],
    ['another balancer', {}, INTERNAL, { ...INTERNAL }],
    ['another subnet', INTERNAL, { loadBalancerSubnet: 'outer' }, { ...INTERNAL, loadBalancerSubnet: 'outer' }],
    [
      'no subnet with a public address',
      INTERNAL,
      { loadBalancerType: 'PublicIp' },
      { loadBalancerType: 'PublicIp', loadBalancerSubnet: null },
    ],
    [
      'other texts with it',
      {},
      { ...INTERNAL, tags: { c: 'd' }, description: 'new' },
      { tags: { c: 'd' }, description: 'new' },
    ],
  ])('%s', (_what, is, change, wanted) => {
    const again = attachAgain(exampleCompute(is), change);
    if (wanted === null) {
      expect(again).toBeNull();
    } else {
      const { resourceId } = exampleCompute();
      const kept = {
        resourceId,
        clusterPurpose: 'FastProd',
        serviceType: 'LoadBalancer',
        namespace: 'ml',
        placement: null,
      };
      expect(again).toMatchObject({ ...kept, description: 'text', tags: { a: 'b' }, ...wanted });
    }
  });
});

describe('is refused with what to do:', () => {
  test.each([
    ['another number of agents', {}, { agentCount: 5 }, '3 x Standard_D3_v2', 'within a minute'],
    [
      'another size here',
      { clusterKind: 'local' } as const,
      { vmSize: 'Standard_F4s_v2' },
      'can not be changed',
      'Create another',
    ],
    ['a balancer here', { clusterKind: 'local' } as const, INTERNAL, 'no load balancer', 'attach a Kubernetes'],
  ])('%s', (_what, is, change, message, suggestion) => {
    expect(() => attachAgain(exampleCompute(is), change)).toThrow(
      expect.objectContaining({
        code: 'NotSupportedYet',
        message: expect.stringContaining(message),
        suggestion: expect.stringContaining(suggestion),
      }),
    );
  });
});
