import { Service } from '@farled/contract';
import type { Condition, Pod } from '@farled/kubernetes';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { diagnose } from './diagnose.ts';
import {
  at,
  conditions,
  crashingPod,
  look,
  MADE,
  observedDeployment,
  pod,
  readyPod,
  replicaSet,
  REVISION,
  score,
  waitingPod,
} from './testing/observed.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const IMAGE = `registry.example/farled/diabetes@${DIGEST}`;
const progressing = (status: Condition['status'], reason: string): Condition => ({
  type: 'Progressing',
  status,
  reason,
  lastTransitionTime: MADE,
});

test('a replica that is ready is all that was asked for', () => {
  expect(look({ pods: [readyPod()] })).toEqual({
    replicas: [{ id: 'diabetes-5d-x', revision: REVISION, phase: 'ready', startedTime: MADE, restarts: 0 }],
    desired: 1,
    updated: 1,
    available: 1,
    complete: true,
    unschedulable: null,
    trouble: null,
    failure: null,
    crashes: 0,
    notes: [
      'Replica "diabetes-5d-x" goes to node "node1".',
      'Replica "diabetes-5d-x" has started.',
      'Replica "diabetes-5d-x" is ready.',
    ],
  });
});

test('before anything is there, nothing is wrong', () => {
  expect(look({ deployment: undefined })).toMatchObject({ desired: 1, complete: false, trouble: null, failure: null });
});

const leaving = { deletionTimestamp: at(20) };
const unready = { type: 'Running', conditions: conditions(false, 20) };

test.each([
  ['its image is on its way', waitingPod('ContainerCreating'), 'starting'],
  [
    'init() has not returned',
    pod({
      status: {
        phase: 'Running',
        conditions: conditions(false, null),
        containerStatuses: [score({ running: { startedAt: at(1) } })],
      },
    }),
    'starting',
  ],
  [
    'init() has just returned, and it was not asked again',
    pod({
      status: {
        phase: 'Running',
        conditions: conditions(false, null),
        containerStatuses: [score({ running: { startedAt: at(1) } }, { started: true })],
      },
    }),
    'starting',
  ],
  ['it waits for a node', pod({ node: null, status: { phase: 'Pending' } }), 'starting'],
  ['it is ready', readyPod(), 'ready'],
  [
    'it stopped answering',
    pod({
      status: {
        phase: 'Running',
        conditions: unready.conditions,
        containerStatuses: [score({ running: { startedAt: at(1) } }, { started: true })],
      },
    }),
    'unready',
  ],
  ['it was told to go', readyPod({ metadata: leaving }), 'draining'],
] as const)('when %s, a replica is %s', (_when, replica, phase) => {
  const { replicas } = look({ pods: [replica] });
  expect(replicas).toMatchObject([{ id: 'diabetes-5d-x', phase }]);
  expect(Service.shape.deploymentStatus.shape.replicas.safeParse(replicas).success).toBe(true);
});

test.each([
  ['fewer are ready than wanted', { replicas: 2, deployment: observedDeployment({ replicas: 2 }) }],
  ['the Deployment was not told of the number yet', { replicas: 1, deployment: observedDeployment({ replicas: 3 }) }],
  ['the Deployment is of another revision', { deployment: observedDeployment({ revision: 'fedcba9876543210' }) }],
  [
    'the Deployment has not seen its change',
    {
      deployment: observedDeployment({
        generation: 4,
        status: { observedGeneration: 3, updatedReplicas: 1, availableReplicas: 1 },
      }),
    },
  ],
  [
    'the Deployment does not count the replica yet',
    { deployment: observedDeployment({ status: { observedGeneration: 1, updatedReplicas: 1 } }) },
  ],
  [
    'a replica of the revision before serves',
    { pods: [readyPod(), readyPod({ name: 'old', revision: 'fedcba9876543210' })] },
  ],
  ['the replica is about to go', { pods: [readyPod({ metadata: leaving })] }],
] as const)('a rollout is not complete while %s', (_while, observed) => {
  expect(look({ pods: [readyPod()], ...observed }).complete).toBe(false);
});

test('replicas of the revision before that are ending keep nothing from being complete', () => {
  const old = readyPod({ name: 'diabetes-4c-y', revision: 'fedcba9876543210', metadata: leaving });
  expect(look({ pods: [readyPod(), old] })).toMatchObject({
    complete: true,
    updated: 1,
    available: 1,
    replicas: [{ phase: 'draining' }, { phase: 'ready' }],
    notes: expect.arrayContaining(['Replica "diabetes-4c-y", of another revision, is ending.']),
  });
});

test('where routers scale, as many are wanted as the Deployment says', () => {
  const deployment = observedDeployment({ replicas: 2 });
  expect(look({ deployment, replicas: null, pods: [readyPod()] })).toMatchObject({ desired: 2, complete: false });
  const pods = [readyPod(), readyPod({ name: 'diabetes-5d-y' })];
  expect(look({ deployment, replicas: null, pods })).toMatchObject({ desired: 2, complete: true });
});

const pulling = `failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": `;
const notFound = `rpc error: code = NotFound desc = ${pulling}${IMAGE}: not found`;
const noHost = `${pulling}failed to do request: Head "https://registry.example/v2/farled/diabetes/manifests/${DIGEST}": dial tcp: lookup registry.example on 10.96.0.10:53: read udp 10.207.0.2:56352->10.96.0.10:53: i/o timeout`;

test.each([
  ['is not in the registry', 'ErrImagePull', notFound, `: not found`, 'Deploy again', true],
  [
    'is still not there',
    'ImagePullBackOff',
    `Back-off pulling image "${IMAGE}": ErrImagePull: ${notFound}`,
    `: not found`,
    'Deploy again',
    true,
  ],
  [
    'is refused',
    'ErrImagePull',
    `${pulling}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
    'pull access denied',
    'user name and password',
    true,
  ],
  [
    'needs an account',
    'ErrImagePull',
    `${pulling}failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://registry.example/token: 401 Unauthorized`,
    '401 Unauthorized',
    'user name and password',
    true,
  ],
  [
    'has a name that is none',
    'InvalidImageName',
    `Failed to apply default image tag "${IMAGE}": couldn't parse image name "${IMAGE}": invalid reference format: repository name (BASE/nope) must be lowercase`,
    'must be lowercase',
    'lowercase',
    true,
  ],
  [
    'is for another architecture',
    'ErrImagePull',
    `rpc error: code = NotFound desc = failed to pull and unpack image "${IMAGE}": no match for platform in manifest: not found`,
    'no match for platform',
    'architecture',
    true,
  ],
  [
    'is behind a certificate that nodes do not trust',
    'ErrImagePull',
    `${pulling}failed to do request: Head "https://registry.example/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    'unknown authority',
    'trust',
    true,
  ],
  [
    'is in a registry that is not found',
    'ErrImagePull',
    noHost,
    'lookup registry.example on 10.96.0.10:53: i/o timeout',
    'reach the registry',
    false,
  ],
  [
    'is in a registry that is down',
    'ErrImagePull',
    `${pulling}failed to do request: Head "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused`,
    'connection refused',
    'reach the registry',
    false,
  ],
  [
    'is asked for too often',
    'ErrImagePull',
    `${pulling}unexpected status from HEAD request to https://registry.example/v2/: 429 Too Many Requests`,
    '429',
    'wait',
    false,
  ],
  [
    'is not told of',
    'ImagePullBackOff',
    `Back-off pulling image "${IMAGE}"`,
    'ImagePullBackOff',
    'reach the registry',
    false,
  ],
] as const)(
  'an image that %s is named, with what was said and what to do',
  (_what, reason, message, said, suggestion, isFinal) => {
    const pods = [waitingPod(reason, message)];
    const { trouble, failure } = look({ pods });
    expect(trouble).toMatchObject({
      code: 'ImagePullLoopBackOff',
      message: expect.stringMatching(/^Node "node1" can't get the image \S+ of replica "diabetes-5d-x": /),
      suggestion: expect.stringContaining(suggestion),
    });
    expect(trouble?.message).toContain(IMAGE);
    expect(trouble?.message).toContain(said);
    expect(trouble?.message).not.toMatch(/rpc error|failed to resolve|->/);
    expect(failure).toEqual(isFinal ? trouble : null);
    // Within a minute a registry may come back; after that it was tried often enough.
    expect(look({ pods, later: 61 }).failure).toEqual(trouble);
  },
);

test('a refused password is given up after the second attempt: a node may read the Secret of a new pod only a moment later', () => {
  const pods = [waitingPod('ErrImagePull', `failed to resolve reference "${IMAGE}": 401 Unauthorized`)];
  expect(look({ pods, later: 25 }).failure).toBeNull();
  expect(look({ pods, later: 35 }).failure?.code).toBe('ImagePullLoopBackOff');
});

test.each([
  ['CreateContainerConfigError', 'secret "diabetes-environment-00000000" not found'],
  ['CreateContainerConfigError', 'container has runAsNonRoot and image will run as root'],
  ['CreateContainerError', 'failed to generate container spec: no command specified'],
  ['RunContainerError', 'failed to create containerd task'],
])('a container that can not be made (%s: %s) may be a moment later, not a minute', (reason, message) => {
  const pods = [waitingPod(reason, message)];
  expect(look({ pods })).toMatchObject({ failure: null, trouble: { code: 'InvalidDeploymentSpec' } });
  expect(look({ pods, later: 61 }).failure?.message).toContain(`(${reason}): ${message}`);
});

test('waiting for the image is no trouble', () => {
  expect(look({ pods: [waitingPod('ContainerCreating')], later: 300 })).toMatchObject({
    trouble: null,
    failure: null,
    notes: [
      'Replica "diabetes-5d-x" goes to node "node1".',
      'Replica "diabetes-5d-x" waits for its image and volumes.',
    ],
  });
});

const failedCreate = (message: string): Condition => ({
  type: 'ReplicaFailure',
  status: 'True',
  reason: 'FailedCreate',
  message,
  lastTransitionTime: MADE,
});

test.each([
  [
    'exceeded quota: compute, requested: requests.cpu=100m, used: requests.cpu=100m, limited: requests.cpu=150m',
    'OutOfQuota',
    false,
  ],
  ['failed quota: compute: must specify limits.cpu for: score', 'InvalidDeploymentSpec', true],
  [
    'violates PodSecurity "restricted:latest": privileged (container "score" must not set securityContext.privileged=true)',
    'InvalidDeploymentSpec',
    true,
  ],
  ['maximum memory usage per Container is 256Mi, but limit is 512Mi', 'InvalidDeploymentSpec', true],
  ['unable to create new content in namespace scoring because it is being terminated', 'NamespaceNotFound', true],
  ['something new', 'InvalidDeploymentSpec', false],
] as const)('a replica that the cluster refuses (%s) is %s', (said, code, isFinal) => {
  const refusal = (pod: string) => failedCreate(`pods "${pod}" is forbidden: ${said}`);
  const deployment = observedDeployment({ status: { observedGeneration: 1, unavailableReplicas: 1 } });
  const seen = look({ deployment, replicaSets: [replicaSet([refusal('diabetes-5d-a')])] });
  expect(seen.trouble).toMatchObject({ code, message: `The cluster does not let a replica be: ${said}` });
  expect(seen.failure).toEqual(isFinal ? seen.trouble : null);
  expect(look({ deployment, replicaSets: [replicaSet([refusal('diabetes-5d-b')])], later: 61 })).toMatchObject({
    failure: seen.trouble,
    notes: seen.notes,
  });
});

test.each([
  ['admission webhook "policy.example" denied the request: no images from there', true],
  ['Internal error occurred: failed calling webhook "policy.example": connection refused', false],
] as const)('what a webhook says is passed on: %s', (said, isFinal) => {
  const seen = look({ replicaSets: [replicaSet([failedCreate(said)])] });
  expect(seen.trouble).toMatchObject({ code: 'InvalidDeploymentSpec', message: expect.stringContaining(said) });
  expect(seen.failure).toEqual(isFinal ? seen.trouble : null);
});

test("a refusal counts when only the Deployment tells it, and another revision's does not", () => {
  const status = { observedGeneration: 1, conditions: [failedCreate('pods "x" is forbidden: exceeded quota: q')] };
  expect(look({ deployment: observedDeployment({ status }) }).trouble?.code).toBe('OutOfQuota');
  const old = 'fedcba9876543210';
  expect(look({ deployment: observedDeployment({ status, revision: old }) }).trouble).toBeNull();
  expect(look({ replicaSets: [replicaSet(status.conditions, old)] }).trouble).toBeNull();
});

test('when the time for a rollout is over, what is wrong has failed', () => {
  const status = { observedGeneration: 1, conditions: [progressing('False', 'ProgressDeadlineExceeded')] };
  const deployment = observedDeployment({ status });
  const starting = pod({
    status: {
      phase: 'Running',
      conditions: conditions(false, null),
      containerStatuses: [score({ running: { startedAt: at(1) } })],
    },
  });
  expect(look({ deployment, pods: [starting] }).failure).toMatchObject({
    code: 'DeploymentTimedOut',
    message: expect.stringContaining('640 s'),
  });
  expect(look({ deployment, pods: [waitingPod('ErrImagePull', noHost)] }).failure?.code).toBe('ImagePullLoopBackOff');
  const withoutNode = pod({
    node: null,
    status: {
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message: '0/1 nodes are available: 1 Insufficient cpu.',
        },
      ],
    },
  });
  expect(look({ deployment, pods: [withoutNode] }).failure?.code).toBe('Unschedulable');
  expect(look({ deployment: observedDeployment({ status, generation: 2 }), pods: [starting] }).failure).toBeNull();
});

test('a replica that does not answer, or whose node does not, is told apart, and neither is a failure', () => {
  const silent = (ready: boolean) =>
    pod({
      status: {
        phase: 'Running',
        conditions: conditions(false, 20),
        containerStatuses: [score({ running: { startedAt: at(1) } }, { started: true, ready })],
      },
    });
  expect(look({ pods: [silent(false)] })).toMatchObject({
    failure: null,
    trouble: { code: 'Unavailable', message: expect.stringContaining('readiness probe any more (GET /-/ready)') },
  });
  expect(look({ pods: [silent(true)] })).toMatchObject({
    failure: null,
    trouble: {
      code: 'Unavailable',
      message: expect.stringContaining('node "node1", which does not answer Kubernetes'),
    },
  });
});

const over = (name: string, reason: string, message: string): Pod =>
  pod({ name, status: { phase: 'Failed', reason, message, startTime: MADE } });
const LOW =
  'The node was low on resource: memory. Threshold quantity: 100Mi, available: 90Mi. Container score was using 700Mi, request is 512Mi.';

test.each([
  ['Evicted', LOW, 'Unschedulable'],
  ['Evicted', 'Usage of EmptyDir volume "tmp" exceeds the limit "1Gi". ', 'DeploymentCrashLoopBackOff'],
  [
    'OutOfnvidia.com/gpu',
    "Pod was rejected: Node didn't have enough resource: nvidia.com/gpu, requested: 1, used: 1, capacity: 1",
    'Unschedulable',
  ],
] as const)('a replica that its node ends (%s: %s) is %s when it happens again and again', (reason, message, code) => {
  const once = look({ pods: [over('a', reason, message)] });
  expect(once).toMatchObject({
    replicas: [],
    updated: 0,
    failure: null,
    trouble: { code, message: `Node "node1" ended replica "a" (${reason}): ${message}` },
  });
  const often = ['a', 'b', 'c'].map((name) => over(name, reason, message));
  expect(look({ pods: often }).failure?.code).toBe(code);
  expect(look({ pods: often, later: 601 }).trouble).toBeNull();
});

test('the end of a node is no fault of its replicas', () => {
  const shutdown = over('a', 'Terminated', 'Pod was terminated in response to imminent node shutdown.');
  expect(look({ pods: [shutdown] })).toMatchObject({ trouble: null, replicas: [] });
});

test('once a rollout is complete, what else there is does not matter', () => {
  const extra = crashingPod({ exitCode: 1, reason: 'Error' }, 2, { name: 'diabetes-5d-y' });
  expect(look({ pods: [readyPod(), extra] })).toMatchObject({ complete: true, trouble: null, failure: null });
});

test('of several troubles the one that lasts is told', () => {
  const transient = waitingPod('ErrImagePull', noHost, { name: 'a' });
  const lasting = waitingPod('ErrImagePull', notFound, { name: 'b' });
  expect(look({ replicas: 2, pods: [transient, lasting] }).trouble?.message).toContain('replica "b"');
});

const time = fc.option(fc.oneof(fc.constant(MADE), fc.constant(at(40)), fc.string()), { nil: undefined });
const defined = <T extends object>(shape: { [Key in keyof T]: fc.Arbitrary<T[Key]> }) =>
  fc.record(shape, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
const words = fc.oneof(
  fc.string(),
  fc.constantFrom(
    'CrashLoopBackOff',
    'ErrImagePull',
    'OOMKilled',
    'Unschedulable',
    'FailedCreate',
    'Evicted',
    notFound,
    '0/3 nodes are available: 3 x',
  ),
);
const state = defined({
  waiting: defined({ reason: words, message: words }),
  running: defined({ startedAt: time }),
  terminated: fc.record(
    { exitCode: fc.integer({ min: 0, max: 255 }), reason: words, message: words, startedAt: time, finishedAt: time },
    { requiredKeys: ['exitCode'] },
  ),
});
const containerStatus = fc.record(
  {
    name: fc.constantFrom('score', 'models'),
    ready: fc.boolean(),
    restartCount: fc.nat(9),
    started: fc.boolean(),
    state,
    lastState: state,
  },
  { requiredKeys: ['name', 'ready', 'restartCount'] },
);
const anyCondition = fc.record(
  {
    type: fc.constantFrom('Ready', 'PodScheduled', 'Initialized', 'Progressing', 'ReplicaFailure'),
    status: fc.constantFrom('True', 'False', 'Unknown'),
    reason: words,
    message: words,
    lastTransitionTime: time,
  },
  { requiredKeys: ['type', 'status'] },
);
const anyPod = fc
  .record({
    name: fc.string(),
    revision: fc.constantFrom(REVISION, 'fedcba9876543210'),
    node: fc.constantFrom('node1', null),
    metadata: defined({ deletionTimestamp: fc.constant(MADE), creationTimestamp: fc.constant('never') }),
    status: fc.option(
      defined({
        phase: fc.constantFrom('Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'),
        reason: words,
        message: words,
        startTime: fc.constant(MADE),
        conditions: fc.array(anyCondition, { maxLength: 4 }),
        containerStatuses: fc.array(containerStatus, { maxLength: 2 }),
        initContainerStatuses: fc.array(containerStatus, { maxLength: 2 }),
      }),
      { nil: undefined },
    ),
  })
  .map((like) => pod(like as Parameters<typeof pod>[0]));

test('whatever a cluster shows, it is read, and what is complete is there', () => {
  const anyDeployment = fc
    .record({
      replicas: fc.nat(3),
      status: defined({
        observedGeneration: fc.nat(2),
        updatedReplicas: fc.nat(3),
        availableReplicas: fc.nat(3),
        conditions: fc.array(anyCondition, { maxLength: 3 }),
      }),
    })
    .map((rollout) => observedDeployment(rollout as Parameters<typeof observedDeployment>[0]));
  fc.assert(
    fc.property(
      fc.option(anyDeployment, { nil: undefined }),
      fc.array(anyPod, { maxLength: 4 }),
      fc.array(
        fc.array(anyCondition, { maxLength: 2 }).map((each) => replicaSet(each as Condition[])),
        { maxLength: 2 },
      ),
      fc.option(fc.nat(3)),
      (deployment, pods, replicaSets, replicas) => {
        const wanted = { revision: REVISION, replicas };
        const seen = diagnose({ deployment, pods, replicaSets }, wanted, Date.parse(MADE) + 60_000);
        if (seen.complete) {
          expect(seen.available).toBeGreaterThanOrEqual(seen.desired);
          expect(seen.updated).toBeGreaterThanOrEqual(seen.desired);
          expect(seen.trouble ?? seen.failure).toBeNull();
        }
        expect(seen.replicas.length).toBeLessThanOrEqual(pods.length);
        expect(Number.isInteger(seen.crashes) && seen.crashes >= 0).toBe(true);
        expect(
          diagnose({ deployment, pods: pods.toReversed(), replicaSets }, wanted, Date.parse(MADE) + 60_000).complete,
        ).toBe(seen.complete);
      },
    ),
    { numRuns: 2000 },
  );
});
