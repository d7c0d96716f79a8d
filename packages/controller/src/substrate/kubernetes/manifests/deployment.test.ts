import type { Container } from '@farled/kubernetes';
import { expect, test } from 'vitest';

import { deployment } from './deployment.ts';
import { templateRevision } from './pod-template.ts';
import { cpuQuantity, memoryQuantity } from './quantities.ts';
import { replicasClaim } from './replicas-claim.ts';
import { exampleWorkload } from './testing/example-workload.ts';

type Example = Parameters<typeof exampleWorkload>;
const podSpec = (...of: Example) => deployment(exampleWorkload(...of)).spec.template.spec;
const container = (...of: Example): Container => podSpec(...of).containers[0] as Container;
const variables = (...of: Example) => Object.fromEntries((container(...of).env ?? []).map((each) => [each.name, each]));
const revision = (...of: Example): string => templateRevision(exampleWorkload(...of));

const TOKENS = { issuer: 'farled', audience: 'id', notBefore: 0, keys: [] };

test('an update keeps capacity, and pods are chosen by what never changes', () => {
  expect(deployment(exampleWorkload()).spec).toMatchObject({
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    selector: { matchLabels: { 'farled.dev/service-id': '3f0f3b52-7d2e-4a43-9a7e-0a4d5f0b6f11' } },
    template: { metadata: { labels: { 'farled.dev/revision': '0123456789abcdef' } } },
    revisionHistoryLimit: 2,
    progressDeadlineSeconds: 640,
  });
});

test('pods have all labels that the selector asks for', () => {
  const { selector, template } = deployment(exampleWorkload()).spec;
  expect(template.metadata?.labels).toMatchObject(selector.matchLabels);
});

test('pods pass the restricted Pod Security standard', () => {
  expect(podSpec()).toMatchObject({
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [{ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
  });
});

test.each([
  [60_000, 70],
  [1, 11],
  [1500, 12],
  [3_600_000, 3610],
])('with %d ms for a request, Kubernetes waits %d s before it kills', (scoringTimeoutMs, seconds) => {
  expect(podSpec({}, { scoringTimeoutMs }).terminationGracePeriodSeconds).toBe(seconds);
});

test('a slow start has as long as the probe of the original would give it, a fast one is seen at once', () => {
  expect(container()).toMatchObject({
    startupProbe: { httpGet: { path: '/-/ready', port: 'score' }, periodSeconds: 1, failureThreshold: 340 },
    livenessProbe: { httpGet: { path: '/', port: 'score' }, periodSeconds: 10, timeoutSeconds: 2, failureThreshold: 3 },
    readinessProbe: { httpGet: { path: '/-/ready', port: 'score' }, periodSeconds: 1, failureThreshold: 3 },
  });
  const settings = {
    livenessProbeRequirements: { initialDelaySeconds: 0, periodSeconds: 5, failureThreshold: 2, successThreshold: 4 },
  };
  expect(container({}, settings).startupProbe?.failureThreshold).toBe(10);
  expect(container({}, settings).livenessProbe).not.toHaveProperty('successThreshold');
});

test('a rollout is not called late before a start is', () => {
  const settings = { livenessProbeRequirements: { initialDelaySeconds: 3600, periodSeconds: 10, failureThreshold: 6 } };
  expect(deployment(exampleWorkload({}, settings)).spec['progressDeadlineSeconds']).toBe(3960);
});

test("the runtime's variables can't be set by the user, who may set those that are the user's", () => {
  const workload = { environmentVariables: { SERVICE_NAME: 'x', WORKER_COUNT: '4' } };
  expect(variables(workload)['SERVICE_NAME']).toEqual({ name: 'SERVICE_NAME', value: 'diabetes' });
  expect(variables(workload)).not.toHaveProperty('WORKER_COUNT');
  expect(container(workload).envFrom).toEqual([
    { secretRef: { name: expect.stringMatching(/^diabetes-environment-[0-9a-f]{8}$/) } },
  ]);
  expect(container()).not.toHaveProperty('envFrom');
});

test('the runtime is told who it is, where to listen and where to say why it ended', () => {
  expect(variables()).toMatchObject({
    AZUREML_ENTRY_SCRIPT: { value: 'score.py' },
    WORKSPACE_NAME: { value: 'ml' },
    SCORING_TIMEOUT_MS: { value: '60000' },
    FARLED_MAX_CONCURRENT_REQUESTS: { value: '1' },
    FARLED_LISTEN: { value: '0.0.0.0:5001' },
    FARLED_REPLICA_ID: { valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    FARLED_REPORT_FILE: { value: container().terminationMessagePath },
    FARLED_DRAIN_LINGER_SECONDS: { value: '5' },
  });
});

test('values are said so that Kubernetes leaves them as they are', () => {
  const value = variables({ runtimeVariables: { AZUREML_ENTRY_SCRIPT: 'a$(HOME)/b$$c.py' } })['AZUREML_ENTRY_SCRIPT'];
  expect(value).toEqual({ name: 'AZUREML_ENTRY_SCRIPT', value: 'a$$(HOME)/b$$$$c.py' });
});

test('resources are reserved as asked, and memory is limited to what is reserved unless said otherwise', () => {
  expect(container().resources).toEqual({
    requests: { cpu: '100m', memory: '512Mi' },
    limits: { memory: '512Mi' },
  });
  const asked = { cpu: 2, cpuLimit: 4.5, memoryInGB: 1, memoryInGBLimit: 1.5, gpu: 2 };
  expect(container({}, { containerResourceRequirements: asked }).resources).toEqual({
    requests: { cpu: '2', memory: '1Gi' },
    limits: { cpu: '4500m', memory: '1536Mi', 'nvidia.com/gpu': '2' },
  });
  const { placement } = exampleWorkload();
  const fpga = { placement: { ...placement, acceleratorResource: 'xilinx.com/fpga' } };
  expect(container(fpga, { containerResourceRequirements: { gpu: 1 } }).resources?.limits).toEqual({
    memory: '512Mi',
    'xilinx.com/fpga': '1',
  });
});

test.each([
  [0.1, '100m'],
  [0.0001, '1m'],
  [1, '1'],
  [1.25, '1250m'],
  [0.1 + 0.2, '300m'],
])('%d vCPUs are %s', (cpu, quantity) => expect(cpuQuantity(cpu)).toBe(quantity));

test.each([
  [0.5, '512Mi'],
  [2, '2Gi'],
  [0.1, '107374182'],
  [1e-12, '1'],
])('%d GB are %s', (gigabytes, quantity) => expect(memoryQuantity(gigabytes)).toBe(quantity));

test('pods go to nodes that can run the image, spread over them, and where the compute target says', () => {
  const arch = { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] };
  const terms = (spec: object) =>
    (spec as { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: object } } }).affinity
      .nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution;
  const linux = { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] };
  expect(terms(podSpec())).toEqual({ nodeSelectorTerms: [{ matchExpressions: [linux, arch] }] });
  expect(terms(podSpec({ architecture: [] }))).toEqual({ nodeSelectorTerms: [{ matchExpressions: [linux] }] });
  expect(podSpec()).toMatchObject({
    topologySpreadConstraints: [{ topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' }],
  });
  for (const field of ['nodeSelector', 'tolerations', 'runtimeClassName', 'imagePullSecrets']) {
    expect(podSpec()).not.toHaveProperty(field);
  }
  const placement = {
    nodeSelector: { pool: 'gpu' },
    tolerations: [{ key: 'sku', operator: 'Equal' as const, value: 'gpu', effect: 'NoSchedule' as const }],
    runtimeClassName: 'gvisor',
    acceleratorResource: 'nvidia.com/gpu',
  };
  expect(podSpec({ placement, pullSecret: 'farled-registry' })).toMatchObject({
    nodeSelector: placement.nodeSelector,
    tolerations: placement.tolerations,
    runtimeClassName: 'gvisor',
    imagePullSecrets: [{ name: 'farled-registry' }],
  });
});

test.each([
  ['keys', {}, { keyDigests: null }],
  ['tokens', {}, { tokens: TOKENS }],
  ['the longest wait in the queue', { maxQueueWaitMs: 9 }, {}],
  ['the number of replicas', { numReplicas: 7 }, {}],
  ['the autoscaler', { autoScaler: { maxReplicas: 50, targetUtilization: 10 } }, {}],
  ['the order of variables', {}, { environmentVariables: { B: '2', A: '1' } }],
] as const)('a change of %s restarts nothing', (_what, settings, different) => {
  const base = { environmentVariables: { A: '1', B: '2' } };
  expect(revision({ ...base, ...different }, settings)).toBe(revision(base));
});

test.each([
  ['the image', {}, { image: 'other' }],
  ['a variable', {}, { environmentVariables: { A: '2' } }],
  ['the scoring timeout', { scoringTimeoutMs: 9 }, {}],
  ['the slots of a replica', { maxConcurrentRequestsPerContainer: 2 }, {}],
  ['a probe', { livenessProbeRequirements: { timeoutSeconds: 9 } }, {}],
  ['resources', { containerResourceRequirements: { cpu: 3 } }, {}],
] as const)('a change of %s makes a new revision', (_what, settings, different) => {
  expect(revision(different, settings)).not.toBe(revision());
});

test('the revision follows from what pods are made of, not from what it was', () => {
  expect(revision({ revision: 'x' })).toBe(revision({ revision: 'y' }));
});

test('replicas are never named by the Deployment itself', () => {
  expect(deployment(exampleWorkload({}, { numReplicas: 3 })).spec).not.toHaveProperty('replicas');
});

test.each([
  ['a fixed number is repaired', { numReplicas: 3 }, 5, 3],
  ['a fixed number that holds needs nothing', { numReplicas: 3 }, 3, null],
  ['a new Deployment, which has one, gets the least', { autoScaler: { minReplicas: 2, maxReplicas: 6 } }, undefined, 2],
  ["what the routers found is the routers'", { autoScaler: { minReplicas: 2, maxReplicas: 6 } }, 4, null],
  ['too many are brought into the bounds', { autoScaler: { minReplicas: 2, maxReplicas: 6 } }, 9, 6],
  ['an autoscaler that is off keeps the least', { autoScaler: { autoscaleEnabled: false } }, 4, 1],
] as const)('%s', (_what, settings, replicas, wanted) => {
  const workload = exampleWorkload({}, settings);
  const made = deployment(workload);
  const claim = replicasClaim(workload, {
    spec: { ...made.spec, ...(replicas === undefined ? {} : { replicas }) },
  });
  expect(claim?.spec ?? null).toEqual(wanted === null ? null : { replicas: wanted });
});
