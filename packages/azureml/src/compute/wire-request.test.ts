import { describe, expect, test } from 'vitest';

import { fromWireCompute } from './wire-request.ts';

const aks = (properties?: unknown, more: object = {}) => ({
  location: 'eastus',
  properties: { computeType: 'AKS', ...(properties === undefined ? {} : { properties }), ...more },
});
const CLUSTER = '/subscriptions/s/resourcegroups/g/providers/Microsoft.ContainerService/managedClusters/c';
const SECRET = 'SECRET OF THE KEY';

describe('what is asked for', () => {
  test.each([
    ['a cluster with nothing said', aks(), { kind: 'create', body: {} }],
    ['a cluster with nulls', aks(null, { computeLocation: null, description: null }), { kind: 'create', body: {} }],
    [
      'a cluster with all said',
      {
        tags: { a: 'b' },
        ...aks(
          {
            agentCount: 2,
            agentVmSize: 'Standard_F4s_v2',
            clusterPurpose: 'DevTest',
            loadBalancerType: 'InternalLoadBalancer',
            loadBalancerSubnet: 'inner',
            aksNetworkingConfiguration: { subnetId: '/x', serviceCidr: '10.0.0.0/16' },
            sslConfiguration: { status: 'Disabled', cname: '', cert: '', key: '' },
          },
          { computeLocation: 'westeurope', description: 'text' },
        ),
      },
      {
        kind: 'create',
        body: {
          tags: { a: 'b' },
          description: 'text',
          agentCount: 2,
          vmSize: 'Standard_F4s_v2',
          clusterPurpose: 'DevTest',
          loadBalancerType: 'InternalLoadBalancer',
          location: 'westeurope',
        },
      },
    ],
    [
      'an attachment',
      aks({ loadBalancerType: 'PublicIp', loadBalancerSubnet: null }, { resourceId: CLUSTER }),
      { kind: 'attach', body: { resourceId: CLUSTER, loadBalancerType: 'PublicIp' }, ofAnySize: false },
    ],
    [
      'an attachment behind an internal balancer',
      aks(
        { loadBalancerType: 'InternalLoadBalancer', loadBalancerSubnet: 'inner', clusterPurpose: 'FastProd' },
        { resourceId: CLUSTER },
      ),
      {
        kind: 'attach',
        body: {
          resourceId: CLUSTER,
          clusterPurpose: 'FastProd',
          loadBalancerType: 'InternalLoadBalancer',
          loadBalancerSubnet: 'inner',
        },
        ofAnySize: false,
      },
    ],
    [
      'an attachment of a Kubernetes, known by the id of Azure Arc',
      {
        properties: {
          computeType: 'kubernetes',
          description: '',
          resourceId: '/subscriptions/s/resourceGroups/g/providers/microsoft.kubernetes/ConnectedClusters/c',
          properties: { namespace: 'ml' },
        },
      },
      {
        kind: 'attach',
        body: {
          resourceId: '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c',
          namespace: 'ml',
        },
        ofAnySize: true,
      },
    ],
    [
      'a change of what was read',
      aks(
        {
          agentCount: 3,
          agentVmSize: 'Standard_D3_v2',
          sslConfiguration: { status: 'Disabled' },
          loadBalancerType: 'InternalLoadBalancer',
        },
        { resourceId: CLUSTER, provisioningState: 'Succeeded', isAttachedCompute: true, provisioningErrors: null },
      ),
      {
        kind: 'update',
        change: { agentCount: 3, vmSize: 'Standard_D3_v2', loadBalancerType: 'InternalLoadBalancer' },
      },
    ],
  ])('%s', (_what, wire, wanted) => {
    expect(fromWireCompute(wire)).toEqual(wanted);
  });
});

describe('is refused with what to do:', () => {
  test.each([
    [
      'training',
      { properties: { computeType: 'AmlCompute', properties: { vmSize: 'x' } } },
      'AmlCompute',
      'AksCompute',
    ],
    ['a virtual machine', { properties: { computeType: 'VirtualMachine' } }, 'VirtualMachine', 'AksCompute'],
    ['a type that is no word', { properties: { computeType: 'x'.repeat(10_000) } }, 'x'.repeat(64), 'AksCompute'],
    [
      'a certificate',
      aks({ sslConfiguration: { status: 'Enabled', cname: 'h', cert: 'PEM', key: SECRET } }),
      'SSL',
      'proxy or an ingress',
    ],
    ['a made certificate', aks({ sslConfiguration: { status: 'Auto', leafDomainLabel: 'l' } }), 'SSL', 'ingress'],
    [
      'an identity of Azure',
      { identity: { type: 'SystemAssigned' }, properties: { computeType: 'Kubernetes', resourceId: CLUSTER } },
      'managed identities',
      'identity_type',
    ],
    ['a Kubernetes of nowhere', { properties: { computeType: 'Kubernetes' } }, 'resource id', 'resource_id'],
  ])('%s', (_what, wire, message, suggestion) => {
    expect(() => fromWireCompute(wire)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(message),
        suggestion: expect.stringContaining(suggestion),
      }),
    );
  });
});

describe('names the field, and nothing of its value, of', () => {
  test.each([
    [undefined, 'The request body'],
    ['text', 'The request body'],
    [[], 'The request body'],
    [{}, 'properties'],
    [{ properties: null }, 'properties'],
    [{ properties: { computeType: 7 } }, 'properties.computeType'],
    [aks('text'), 'properties.properties'],
    [aks({ agentCount: 'three' }), 'properties.properties.agentCount'],
    [aks({ clusterPurpose: {} }), 'properties.properties.clusterPurpose'],
    [aks({ sslConfiguration: SECRET }), 'properties.properties.sslConfiguration'],
    [aks({ sslConfiguration: { status: { key: SECRET } } }), 'properties.properties.sslConfiguration.status'],
    [{ ...aks(), tags: 'a' }, 'tags'],
  ])('%j', (wire, field) => {
    expect(() => fromWireCompute(wire)).toThrow(
      expect.objectContaining({
        code: 'BadArgument',
        message: expect.stringMatching(new RegExp(`^(?!.*SECRET).*${field}`)),
      }),
    );
  });
});
