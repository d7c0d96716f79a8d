import { expect, test } from 'vitest';

import { nodeReasons } from './scheduling.ts';
import { look, pod } from './testing/observed.ts';

const AFTER =
  ' no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.';

test.each([
  [`0/3 nodes are available: 3 Insufficient nvidia.com/gpu.${AFTER}`, 3, [[3, 'Insufficient nvidia.com/gpu']]],
  [
    `0/2 nodes are available: 2 Insufficient cpu, 2 Insufficient memory.${AFTER}`,
    2,
    [
      [2, 'Insufficient cpu'],
      [2, 'Insufficient memory'],
    ],
  ],
  [
    "0/6 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {sku: gpu}, 3 node(s) didn't match Pod's node affinity/selector. preemption: 0/6 nodes are available: 1 No preemption victims found for incoming pod, 5 Preemption is not helpful for scheduling.",
    6,
    [
      [1, 'Insufficient cpu'],
      [2, 'node(s) had untolerated taint {sku: gpu}'],
      [3, "node(s) didn't match Pod's node affinity/selector"],
    ],
  ],
  ['0/1 nodes are available: 1 node(s) were unschedulable', 1, [[1, 'node(s) were unschedulable']]],
  ['no nodes available to schedule pods', 0, []],
  ['', 0, []],
] as const)("the scheduler's sentence is taken apart: %s", (message, nodes, reasons) => {
  expect(nodeReasons(message)).toEqual({ nodes, reasons: reasons.map(([count, text]) => ({ nodes: count, text })) });
});

const withoutNode = (message: string, settings = {}) =>
  pod({
    node: null,
    settings,
    status: {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
    },
  });

test('a GPU that no node offers is named, with what else the replica needs', () => {
  const message = `0/3 nodes are available: 3 Insufficient nvidia.com/gpu.${AFTER}`;
  const settings = { containerResourceRequirements: { gpu: 1, cpu: 2, cpuLimit: 4 } };
  expect(look({ pods: [withoutNode(message, settings)] })).toMatchObject({
    failure: null,
    trouble: null,
    unschedulable: {
      code: 'Unschedulable',
      message: `No node of the cluster takes replica "diabetes-5d-x" (cpu 2, memory 512Mi, nvidia.com/gpu 1): of 3 nodes, 3 have not enough nvidia.com/gpu left. Kubernetes says: "${message}"`,
      suggestion: expect.stringContaining('device plugin'),
      details: [
        { code: 'Insufficient', target: 'nvidia.com/gpu', message: '3 of 3 nodes: Insufficient nvidia.com/gpu' },
      ],
    },
    replicas: [{ phase: 'starting' }],
  });
});

test.each([
  ['1 Insufficient cpu', '1 has not enough cpu left', 'less cpu or memory'],
  [
    '2 node(s) had untolerated taint {sku: gpu}',
    '2 have a taint {sku: gpu} that the replica does not tolerate',
    'toleration',
  ],
  ['1 node(s) had untolerated taint(s)', '1 has a taint that the replica does not tolerate', 'toleration'],
  ["3 node(s) didn't match Pod's node affinity/selector", '3 do not match the node selector', 'node selector'],
  ['2 node(s) were unschedulable', '2 are cordoned', 'kubectl uncordon'],
  ['1 Too many pods', '1 said "Too many pods"', 'Add nodes'],
])('%s is said in words, with a remedy', (reason, said, suggestion) => {
  const seen = look({
    pods: [withoutNode(`0/3 nodes are available: ${reason}. preemption: 0/3 nodes are available.`)],
  });
  expect(seen.unschedulable?.message).toContain(`of 3 nodes, ${said}`);
  expect(seen.unschedulable?.suggestion).toContain(suggestion);
});

test('a cluster without nodes is said to be one', () => {
  const seen = look({ pods: [withoutNode('no nodes available to schedule pods')] });
  expect(seen.unschedulable).toMatchObject({
    message: expect.stringContaining('Kubernetes says: "no nodes available to schedule pods"'),
    suggestion: expect.stringContaining('Add nodes'),
  });
});

test('a pod that the scheduler has not looked at is not unschedulable', () => {
  expect(look({ pods: [pod({ node: null, status: { phase: 'Pending' } })] }).unschedulable).toBeNull();
});
