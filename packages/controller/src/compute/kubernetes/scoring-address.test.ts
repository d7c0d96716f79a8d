import type { Node, Service } from '@farled/kubernetes';
import { expect, test } from 'vitest';

import { nodeAddress, scoringAddress } from './scoring-address.ts';

const service = (
  spec: Partial<Service['spec']>,
  ingress: readonly { ip?: string; hostname?: string }[] = [],
): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'farled-router' },
  spec: { ports: [{ port: 80, nodePort: 31_000 }], clusterIP: '10.96.0.9', ...spec },
  status: { loadBalancer: { ingress } },
});
const node = (...addresses: readonly { type: string; address: string }[]): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n' },
  status: { addresses },
});

test.each([
  [
    'a load balancer with a name',
    service({ type: 'LoadBalancer' }, [{ ip: '1.2.3.4', hostname: 'x.y' }]),
    'http://x.y',
  ],
  ['a load balancer with an address', service({ type: 'LoadBalancer' }, [{ ip: '1.2.3.4' }]), 'http://1.2.3.4'],
  ['a load balancer that has none yet', service({ type: 'LoadBalancer' }), null],
  ['a port of the nodes', service({ type: 'NodePort' }), 'http://5.6.7.8:31000'],
  ['an address of the cluster', service({ type: 'ClusterIP' }), 'http://10.96.0.9'],
  ['another port', service({ type: 'ClusterIP', ports: [{ port: 8080 }] }), 'http://10.96.0.9:8080'],
  ['IPv6', service({ type: 'ClusterIP', clusterIP: 'fd00::1' }), 'http://[fd00::1]'],
])('%s', (_what, of, expected) => {
  const nodes = [
    node({ type: 'Hostname', address: 'one' }, { type: 'InternalIP', address: '5.6.7.8' }),
    node({ type: 'ExternalIP', address: '9.9.9.9' }),
  ];
  expect(scoringAddress(of, nodes)).toBe(expected);
});

test('a load balancer that has no address is reached by the port of the nodes', () => {
  const nodes = [node({ type: 'InternalIP', address: '5.6.7.8' })];
  expect(nodeAddress(service({ type: 'LoadBalancer' }), nodes)).toBe('http://5.6.7.8:31000');
});
