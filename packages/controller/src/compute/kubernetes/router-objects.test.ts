import { CLUSTER } from '@farled/contract';
import { describe, expect, test } from 'vitest';

import type { RouterInstallation } from './router-objects-options.ts';
import { routerObjects } from './router-objects.ts';

const OPTIONS: RouterInstallation = {
  installation: 'here',
  image: 'registry.example/farled/router@sha256:00',
  replicas: 3,
  serviceType: 'LoadBalancer',
  internalLoadBalancer: false,
  annotations: {},
  pullSecret: null,
  port: 80,
};

/** What the tests look at. */
interface Found {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly rules?: readonly {
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
    readonly resourceNames?: readonly string[];
  }[];
  readonly spec?: {
    readonly replicas?: number;
    readonly strategy?: unknown;
    readonly template?: {
      readonly spec: Readonly<Record<string, unknown>> & {
        readonly containers: readonly {
          readonly image: string;
          readonly env: readonly { readonly name: string; readonly value: string }[];
          readonly securityContext: unknown;
        }[];
      };
    };
  };
}

function find(kind: string, options: Partial<RouterInstallation> = {}, name?: string): Found | undefined {
  const found = routerObjects({ ...OPTIONS, ...options }).filter(
    (object) => object.kind === kind && (name === undefined || object.metadata.name === name),
  );
  expect(found.length).toBeLessThanOrEqual(1);
  return found[0];
}

const podSpec = (options: Partial<RouterInstallation> = {}) => find('Deployment', options)?.spec?.template?.spec;

const rules = (kind: string, options: Partial<RouterInstallation> = {}): string[] =>
  (find(kind, options)?.rules ?? []).map(({ resources, verbs, resourceNames }) =>
    [...verbs, ...resources, ...(resourceNames ?? [])].join(' '),
  );

test('objects come in an order in which each finds what it needs', () => {
  expect(routerObjects(OPTIONS).map(({ kind }) => kind)).toEqual([
    'Namespace',
    'ServiceAccount',
    'ClusterRole',
    'ClusterRoleBinding',
    'Role',
    'RoleBinding',
    'ConfigMap',
    'NetworkPolicy',
    'Service',
    'Service',
    'PodDisruptionBudget',
    'Deployment',
  ]);
});

test('every object says whose it is, and is where it belongs', () => {
  const everywhere = ['Namespace', 'ClusterRole', 'ClusterRoleBinding'];
  for (const { kind, metadata } of routerObjects(OPTIONS)) {
    expect(metadata.labels).toMatchObject({ ...CLUSTER.managedBy, [CLUSTER.installationLabel]: 'here' });
    expect(metadata.namespace).toBe(everywhere.includes(kind) ? undefined : 'farled-system');
  }
});

describe('rights', () => {
  test('are these and no others', () => {
    expect(rules('ClusterRole')).toEqual([
      'list watch endpointslices',
      'list watch deployments',
      'patch deployments/scale',
    ]);
    expect(rules('Role')).toEqual([
      'list watch secrets',
      'create leases',
      'get update leases farled-router',
      'get patch configmaps farled-router-statistics',
    ]);
  });

  test('belong to the account that the pods have', () => {
    const account = { kind: 'ServiceAccount', name: 'farled-router', namespace: 'farled-system' };
    expect(find('ClusterRoleBinding')).toMatchObject({ roleRef: { name: 'farled-router' }, subjects: [account] });
    expect(find('RoleBinding')).toMatchObject({ roleRef: { name: 'farled-router' }, subjects: [account] });
    expect(podSpec()?.['serviceAccountName']).toBe('farled-router');
  });
});

describe('the routers', () => {
  test('have nothing that the restricted standard for pods forbids', () => {
    expect(podSpec()?.['securityContext']).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(podSpec()?.containers[0]?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('are replaced one after another, with none missing', () => {
    expect(find('Deployment')?.spec?.strategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
    });
    expect(find('PodDisruptionBudget')).toMatchObject({ spec: { maxUnavailable: 1 } });
  });

  test('of which there is one can be moved from its node', () => {
    expect(find('PodDisruptionBudget', { replicas: 1 })).toBeUndefined();
    expect(find('Deployment', { replicas: 1 })?.spec?.replicas).toBe(1);
  });

  test('are not told the address of their Service, whose variable would be FARLED_ROUTER_PORT', () => {
    expect(podSpec()?.['enableServiceLinks']).toBe(false);
  });

  test('pull their image with the Secret that is named', () => {
    expect(podSpec()?.['imagePullSecrets']).toBeUndefined();
    expect(podSpec({ pullSecret: 'registry' })?.['imagePullSecrets']).toEqual([{ name: 'registry' }]);
    expect(podSpec()?.containers[0]?.image).toBe(OPTIONS.image);
  });
});

describe('the Service', () => {
  const service = (options: Partial<RouterInstallation>, name = 'farled-router') => find('Service', options, name);

  test.each(['LoadBalancer', 'NodePort', 'ClusterIP'] as const)('is a %s when asked', (serviceType) => {
    expect(service({ serviceType, port: 8000 })?.spec).toMatchObject({
      type: serviceType,
      ports: [{ port: 8000, targetPort: 'scoring' }],
    });
  });

  test('asks every provider for an internal address, and says what it was told besides', () => {
    const subnet = { 'service.beta.kubernetes.io/azure-load-balancer-internal-subnet': 'aks-subnet' };
    expect(service({ internalLoadBalancer: true, annotations: subnet })?.metadata.annotations).toEqual({
      'service.beta.kubernetes.io/azure-load-balancer-internal': 'true',
      'networking.gke.io/load-balancer-type': 'Internal',
      'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal',
      ...subnet,
    });
    expect(service({})?.metadata.annotations).toEqual({});
    expect(service({ internalLoadBalancer: true, serviceType: 'NodePort' })?.metadata.annotations).toEqual({});
  });

  test('for peers has no address of its own', () => {
    expect(service({}, 'farled-router-peers')?.spec).toMatchObject({
      clusterIP: 'None',
      ports: [{ port: 8081 }],
    });
  });
});

test('scoring is open to all, the second port to the namespace', () => {
  expect(find('NetworkPolicy')).toMatchObject({
    spec: {
      ingress: [
        { ports: [{ port: 8080, protocol: 'TCP' }] },
        { ports: [{ port: 8081, protocol: 'TCP' }], from: [{ podSelector: {} }] },
      ],
    },
  });
});
