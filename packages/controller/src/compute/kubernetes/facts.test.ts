import type { Node } from '@farled/kubernetes';
import { describe, expect, test } from 'vitest';

import { checkVersion, describeNodes } from './facts.ts';

interface Given {
  readonly ready?: 'True' | 'False' | 'Unknown';
  readonly spec?: Node['spec'];
  readonly labels?: Record<string, string>;
  readonly os?: string;
  readonly architecture?: string;
  readonly allocatable?: Record<string, string>;
}

let count = 0;
function node({
  ready = 'True',
  spec = {},
  labels = {},
  os = 'linux',
  architecture = 'amd64',
  ...given
}: Given = {}): Node {
  const { allocatable = { cpu: '3860m', memory: '12Gi', pods: '110' } } = given;
  const nodeInfo = { architecture, operatingSystem: os, kubeletVersion: 'v1.34.4' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `node${(count += 1)}`, labels },
    spec,
    status: {
      allocatable,
      conditions: [
        { type: 'MemoryPressure', status: 'False' },
        { type: 'Ready', status: ready },
      ],
      nodeInfo,
    },
  };
}
const taint = (key: string, effect = 'NoSchedule') => ({ spec: { taints: [{ key, effect }] } });
const NONE = { nodes: 0, allocatable: { cpu: 0, memoryInGB: 0, gpu: 0 } };

describe('nodes', () => {
  test('give what they can allocate together', () => {
    const gpu = { cpu: '8', memory: '25769803776', 'nvidia.com/gpu': '2' };
    expect(describeNodes([node(), node({ architecture: 'arm64' }), node({ allocatable: gpu })])).toEqual({
      nodes: 3,
      architectures: ['amd64', 'arm64'],
      instanceType: null,
      allocatable: { cpu: 15.72, memoryInGB: 48, gpu: 2 },
    });
  });

  test('that are none give nothing', () => {
    expect(describeNodes([])).toEqual({ ...NONE, architectures: [], instanceType: null });
  });

  test.each<[what: string, given: Given]>([
    ['not ready', { ready: 'False' }],
    ['of which nothing is heard', { ready: 'Unknown' }],
    ['cordoned', { spec: { unschedulable: true } }],
    ['of the control plane', taint('node-role.kubernetes.io/control-plane')],
    ['of an old control plane', taint('node-role.kubernetes.io/master')],
    ['of Windows', { os: 'windows' }],
  ])('that are %s do not count', (_what, given) => {
    expect(describeNodes([node(given)])).toMatchObject(NONE);
  });

  test.each<[what: string, given: Given]>([
    ['that services may tolerate a taint of', taint('nvidia.com/gpu')],
    ['of a control plane that takes pods as well', taint('node-role.kubernetes.io/control-plane', 'PreferNoSchedule')],
  ])('%s count', (_what, given) => {
    expect(describeNodes([node(given)]).nodes).toBe(1);
  });

  test('have a size when all have the same', () => {
    const sized = (type: string) => node({ labels: { 'node.kubernetes.io/instance-type': type } });
    expect(describeNodes([sized('Standard_D3_v2'), sized('Standard_D3_v2')]).instanceType).toBe('Standard_D3_v2');
    expect(describeNodes([sized('Standard_D3_v2'), sized('Standard_D4_v2')]).instanceType).toBeNull();
    expect(describeNodes([sized('Standard_D3_v2'), node()]).instanceType).toBeNull();
  });
});

describe('the version', () => {
  const check = (major: number, minor: number) =>
    checkVersion('https://kube', { major, minor, gitVersion: `v${major}.${minor}.1` });

  test.each([30, 33, 36])('1.%i is supported', (minor) => {
    expect(check(1, minor)).toEqual([]);
  });

  test.each([
    [1, 37],
    [2, 0],
  ])('%i.%i is newer than those that are known, which is a warning', (major, minor) => {
    expect(check(major, minor)).toEqual([expect.stringContaining(`v${major}.${minor}.1`)]);
  });

  test.each([
    [1, 29],
    [0, 99],
  ])('%i.%i is too old', (major, minor) => {
    expect(() => check(major, minor)).toThrow(
      expect.objectContaining({
        code: 'KubernetesVersionUnsupported',
        message: expect.stringMatching(
          /https:\/\/kube runs Kubernetes v\d+\.\d+\.1; Farled supports 1\.30 to 1\.36/,
        ) as string,
        suggestion: expect.stringContaining('1.30') as string,
      }),
    );
  });
});
