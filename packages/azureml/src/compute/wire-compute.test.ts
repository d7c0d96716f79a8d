import { describe, expect, test } from 'vitest';

import { exampleCompute } from './testing/example-compute.ts';
import { toWireCompute } from './wire-compute.ts';
import { toWireComputeOperation } from './wire-operation.ts';

const AROUND = { location: 'westeurope', apiServer: 'https://kube.example:6443', version: '1.2.3' };

describe('a compute target', () => {
  test('has every member that the client can not do without', () => {
    const wire = toWireCompute(exampleCompute(), AROUND);
    for (const name of ['id', 'name', 'location', 'tags']) {
      expect(wire).toHaveProperty(name);
    }
    expect(wire).toMatchObject({ location: 'westeurope', tags: { a: 'b' } });
    expect(wire.properties).toMatchObject({
      computeType: 'AKS',
      isAttachedCompute: true,
      description: 'text',
      resourceId: expect.stringContaining('managedClusters/c'),
      provisioningState: 'Succeeded',
      provisioningErrors: null,
      computeLocation: 'local',
    });
    expect(wire.properties.properties).toEqual({
      agentVmSize: 'Standard_D3_v2',
      agentCount: 3,
      clusterPurpose: 'FastProd',
      clusterFqdn: 'kube.example',
      systemServices: [{ systemServiceType: 'ScoringFrontEnd', version: '1.2.3', publicIpAddress: '10.0.0.7' }],
      sslConfiguration: null,
      loadBalancerType: 'PublicIp',
      loadBalancerSubnet: null,
    });
  });

  test('that can not be reached yet has neither address', () => {
    const wire = toWireCompute(exampleCompute({ scoringUrl: null }), { ...AROUND, apiServer: null });
    expect(wire.properties.properties).toMatchObject({ clusterFqdn: null, systemServices: [] });
  });

  test('that failed says why', () => {
    const provisioningErrors = [{ code: 'Unavailable', message: 'away' }];
    const wire = toWireCompute(exampleCompute({ provisioningState: 'Failed', provisioningErrors }), AROUND);
    expect(wire.properties.provisioningErrors).toEqual([{ error: { code: 'Unavailable', message: 'away' } }]);
  });
});

describe('an operation that is', () => {
  const OPERATION = {
    id: 'o',
    kind: 'CreateCompute',
    target: { type: 'compute', name: 'myaks' },
    error: null,
    createdTime: '2026-01-01T00:00:00.000Z',
    endTime: null,
  } as const;

  test.each([
    ['NotStarted', 'InProgress'],
    ['Running', 'InProgress'],
    ['Succeeded', 'Succeeded'],
    ['Failed', 'Failed'],
    ['Cancelled', 'Canceled'],
    ['TimedOut', 'Failed'],
  ] as const)('%s is %s', (state, status) => {
    expect(toWireComputeOperation({ ...OPERATION, state })).toEqual({
      id: 'o',
      name: 'o',
      status,
      startTime: OPERATION.createdTime,
    });
  });

  test('a failure says what happened and what to do, as the client shows it', () => {
    const error = { code: 'ClusterInUse', statusCode: 409, message: 'It is.', suggestion: 'Detach it.', details: [] };
    expect(
      toWireComputeOperation({ ...OPERATION, state: 'Failed', endTime: OPERATION.createdTime, error }),
    ).toMatchObject({
      status: 'Failed',
      endTime: OPERATION.createdTime,
      error: { code: 'ClusterInUse', statusCode: 409, message: 'It is. Detach it.' },
    });
  });
});
