/** Objects as a cluster of Kubernetes 1.34 shows them, made from the manifests that Farled applies. */
import type { Condition, ContainerState, ContainerStatus, Deployment, Pod, ReplicaSet } from '@farled/kubernetes';

import { deployment } from '../../manifests/deployment.ts';
import { exampleWorkload } from '../../manifests/testing/example-workload.ts';
import { diagnose } from '../diagnose.ts';
import type { Diagnosis, Observation } from '../observation.ts';

export const REVISION = '0123456789abcdef';

/** When everything below was made; `later` says how many seconds after that something is looked at. */
export const MADE = '2026-11-24T23:00:00Z';

export function at(seconds: number): string {
  return new Date(Date.parse(MADE) + seconds * 1000).toISOString().replace('.000', '');
}

type Settings = Parameters<typeof exampleWorkload>[1];

export interface PodLike {
  readonly name?: string;
  readonly revision?: string;
  readonly settings?: Settings;
  readonly status?: Pod['status'];
  readonly metadata?: Partial<Pod['metadata']>;
  readonly initContainers?: Pod['spec']['initContainers'];
  /** null: no node was found. */
  readonly node?: string | null;
}

export function pod({ name = 'diabetes-5d-x', revision = REVISION, node = 'node1', ...like }: PodLike): Pod {
  const { template } = deployment(exampleWorkload({ revision }, like.settings)).spec;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'scoring', creationTimestamp: MADE, ...template.metadata, ...like.metadata },
    spec: {
      ...template.spec,
      ...(node === null ? {} : { nodeName: node }),
      ...(like.initContainers === undefined ? {} : { initContainers: like.initContainers }),
    },
    ...(like.status === undefined ? {} : { status: like.status }),
  };
}

/** The conditions of a pod that has a node; `readyAt` in seconds after `MADE`, null: it never was ready. */
export function conditions(ready: boolean, readyAt: number | null): readonly Condition[] {
  return [
    { type: 'PodReadyToStartContainers', status: 'True', lastTransitionTime: at(1) },
    { type: 'Initialized', status: 'True', lastTransitionTime: MADE },
    { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: at(readyAt ?? 0) },
    { type: 'ContainersReady', status: ready ? 'True' : 'False', lastTransitionTime: at(readyAt ?? 0) },
    { type: 'PodScheduled', status: 'True', lastTransitionTime: MADE },
  ];
}

export function score(state: ContainerState, more: Partial<ContainerStatus> = {}): ContainerStatus {
  return { name: 'score', ready: false, started: false, restartCount: 0, state, lastState: {}, ...more };
}

export function readyPod(like: PodLike = {}, readyAt = 2): Pod {
  const container = score({ running: { startedAt: at(1) } }, { ready: true, started: true });
  return pod({
    ...like,
    status: {
      phase: 'Running',
      startTime: MADE,
      conditions: conditions(true, readyAt),
      containerStatuses: [container],
    },
  });
}

/** A pod on a node, whose container waits for something. */
export function waitingPod(reason: string, message?: string, like: PodLike = {}): Pod {
  const waiting = message === undefined ? { reason } : { reason, message };
  return pod({
    ...like,
    status: {
      phase: 'Pending',
      startTime: MADE,
      conditions: conditions(false, null),
      containerStatuses: [score({ waiting })],
    },
  });
}

export type End = Omit<NonNullable<ContainerState['terminated']>, 'startedAt' | 'finishedAt'>;

/** A pod whose container ended `restarts + 1` times and waits to be started anew; `ranFor` in seconds. */
export function crashingPod(
  end: End,
  restarts = 2,
  {
    ranFor = 1,
    hadBeenReady = false,
    ...like
  }: PodLike & { readonly ranFor?: number; readonly hadBeenReady?: boolean } = {},
): Pod {
  const message = 'back-off 20s restarting failed container=score pod=diabetes-5d-x_scoring(0c06ca27-7408-4f1c)';
  const terminated = { ...end, startedAt: at(10), finishedAt: at(10 + ranFor) };
  return pod({
    ...like,
    status: {
      phase: 'Running',
      startTime: MADE,
      conditions: conditions(false, hadBeenReady ? 10 + ranFor : null),
      containerStatuses: [
        score(
          { waiting: { reason: 'CrashLoopBackOff', message } },
          { restartCount: restarts, lastState: { terminated } },
        ),
      ],
    },
  });
}

export interface Rollout {
  readonly replicas?: number;
  readonly revision?: string;
  readonly status?: Deployment['status'];
  readonly generation?: number;
}

export function observedDeployment({
  replicas = 1,
  revision = REVISION,
  generation = 1,
  status,
}: Rollout = {}): Deployment {
  const made = deployment(exampleWorkload({ revision }));
  return {
    ...made,
    metadata: { ...made.metadata, generation },
    spec: { ...made.spec, replicas },
    status: status ?? {
      observedGeneration: generation,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
    },
  };
}

export function replicaSet(conditionsOf: readonly Condition[], revision = REVISION): ReplicaSet {
  const { metadata, spec } = deployment(exampleWorkload({ revision }));
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { ...metadata, name: 'diabetes-5d', labels: { ...spec.template.metadata?.labels } },
    spec: { ...spec, replicas: 1 },
    status: { replicas: 0, conditions: conditionsOf },
  };
}

/** Looked at 30 seconds after all of it was made, unless said otherwise. */
export function look(
  observed: Partial<Observation> & { readonly replicas?: number | null; readonly later?: number },
): Diagnosis {
  const { replicas = 1, later = 30, ...observation } = observed;
  return diagnose(
    { deployment: observedDeployment(), replicaSets: [], pods: [], ...observation },
    { revision: REVISION, replicas },
    Date.parse(MADE) + later * 1000,
  );
}
