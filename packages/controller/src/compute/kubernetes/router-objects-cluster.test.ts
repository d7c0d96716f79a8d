/** The router's objects before a real API server: it knows every field, and the restricted standard for pods. */
import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Cluster } from '../../../../../e2e/cluster/cluster.ts';
import { attachOrStart, START_TIMEOUT_MS, whyNoCluster } from '../../../../../e2e/cluster/shared-cluster.ts';
import { routerObjects } from './router-objects.ts';

/** Not farled-system: another test may install a router there. */
const NAMESPACE = `router-objects-${randomUUID().slice(0, 8)}`;

interface Placed {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: { readonly template?: { readonly metadata: object; readonly spec: object } };
}

function placed(serviceType: 'LoadBalancer' | 'NodePort' | 'ClusterIP', replicas: number): Placed[] {
  const objects = routerObjects({
    installation: 'test',
    image: 'registry.example/router:1',
    replicas,
    serviceType,
    internalLoadBalancer: true,
    annotations: { 'example.com/subnet': 'one' },
    pullSecret: 'registry',
    port: 80,
  });
  return JSON.parse(JSON.stringify(objects).replaceAll('"farled-system"', JSON.stringify(NAMESPACE))) as Placed[];
}

const without = whyNoCluster();

describe.skipIf(without !== undefined)('a real API server', () => {
  let cluster: Cluster;
  const send = (verb: readonly string[], object: unknown): Promise<string> =>
    cluster.kubectl([...verb, '--validate=strict', '--output=name', '-f', '-'], { input: JSON.stringify(object) });

  beforeAll(async () => {
    cluster = await attachOrStart();
    const first = placed('ClusterIP', 1).filter(({ kind }) => kind === 'Namespace' || kind === 'ServiceAccount');
    for (const object of first) {
      await send(['apply', '--server-side'], object);
    }
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await cluster?.kubectl(['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false']);
  });

  test.each(['LoadBalancer', 'NodePort', 'ClusterIP'] as const)('takes all objects of a %s', async (serviceType) => {
    for (const replicas of [1, 3]) {
      for (const object of placed(serviceType, replicas)) {
        expect(await send(['apply', '--server-side', '--force-conflicts', '--dry-run=server'], object)).toContain(
          object.metadata.name,
        );
      }
    }
  });

  test('takes the routers as pods in their namespace, which is restricted', async () => {
    const template = placed('ClusterIP', 1).find(({ kind }) => kind === 'Deployment')?.spec?.template;
    const pod = { apiVersion: 'v1', kind: 'Pod', ...template, metadata: { name: 'router', namespace: NAMESPACE } };
    expect(await send(['create', '--dry-run=server'], pod)).toContain('pod/router');
    const rooted = { ...pod, spec: { ...pod.spec, securityContext: {} } };
    await expect(send(['create', '--dry-run=server'], rooted)).rejects.toThrow('violates PodSecurity');
  });
});
