/** The routers themselves. */
import { CLUSTER } from '@farled/contract';
import type { Container, Deployment, Probe } from '@farled/kubernetes';

import { ROUTER_PORTS } from './router-objects-network.ts';
import { type Labels, type Manifest, ROUTER_SELECTOR, type RouterInstallation } from './router-objects-options.ts';

const { router: name, systemNamespace } = CLUSTER;
const STATE = '/var/lib/farled';
/** Any that is not root: the image has no user of its own. */
const USER = 65_532;
/** Nodes under load have been seen to send a router connections for more than 5 s after it was told to end. */
const DRAIN_SECONDS = 15;
/** After that it answers what it accepted, and leaves idle connections the 75 s that it promised: scoringTimeoutMs of 300 s fits. */
const GRACE_SECONDS = 330;

export function workloadObjects(options: RouterInstallation, labels: Labels): Manifest[] {
  return [...(options.replicas > 1 ? [disruptionBudget(labels)] : []), deployment(options, labels)];
}

function disruptionBudget(labels: Labels): Manifest {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: systemNamespace, labels },
    spec: { maxUnavailable: 1, selector: { matchLabels: ROUTER_SELECTOR } },
  };
}

function deployment(options: RouterInstallation, labels: Labels): Deployment & Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: systemNamespace, labels },
    spec: {
      replicas: options.replicas,
      selector: { matchLabels: ROUTER_SELECTOR },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: true,
          // Else the Service of the same name would set FARLED_ROUTER_PORT to tcp://...
          enableServiceLinks: false,
          terminationGracePeriodSeconds: GRACE_SECONDS,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: USER,
            runAsGroup: USER,
            fsGroup: USER,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          ...spread(),
          ...(options.pullSecret === null ? {} : { imagePullSecrets: [{ name: options.pullSecret }] }),
          containers: [container(options)],
          // Outlives the container, not the pod: a router that is started anew serves before the API server answers.
          volumes: [{ name: 'state', emptyDir: { sizeLimit: '64Mi' } }],
        },
      },
    },
  };
}

/**
 * Over nodes and zones where there are several, but never at the price of not running: a cluster of two nodes has
 * room for three routers, and for the fourth of a rolling update.
 */
function spread() {
  const labelSelector = { matchLabels: ROUTER_SELECTOR };
  const over = (topologyKey: string) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector,
    // The pods of the revision that a rolling update replaces do not count.
    matchLabelKeys: ['pod-template-hash'],
  });
  return {
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector } },
        ],
      },
    },
    topologySpreadConstraints: [over('kubernetes.io/hostname'), over('topology.kubernetes.io/zone')],
  };
}

function container({ image }: RouterInstallation): Container {
  const probe = (path: string, times: Omit<Probe, 'httpGet'>): Probe => ({
    httpGet: { path, port: 'health' },
    ...times,
  });
  return {
    name: 'router',
    image,
    env: [
      { name: 'FARLED_ROUTER_SOURCE', value: 'cluster' },
      { name: 'FARLED_ROUTER_PORT', value: String(ROUTER_PORTS.scoring) },
      { name: 'FARLED_ROUTER_HEALTH_PORT', value: String(ROUTER_PORTS.health) },
      { name: 'FARLED_ROUTER_TABLE', value: `${STATE}/routes.json` },
      { name: 'FARLED_ROUTER_DRAIN_SECONDS', value: String(DRAIN_SECONDS) },
      // Bodies of requests are not in this heap: they have what is left of the limit.
      { name: 'NODE_OPTIONS', value: '--max-old-space-size=768' },
    ],
    ports: [
      { name: 'scoring', containerPort: ROUTER_PORTS.scoring, protocol: 'TCP' },
      { name: 'health', containerPort: ROUTER_PORTS.health, protocol: 'TCP' },
    ],
    resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1228Mi' } },
    startupProbe: probe('/healthz', { periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 60 }),
    livenessProbe: probe('/healthz', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }),
    readinessProbe: probe('/readyz', { periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 2 }),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'state', mountPath: STATE }],
  };
}
