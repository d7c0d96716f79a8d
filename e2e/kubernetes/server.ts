/** A Farled that deploys on a Kubernetes: a server with a registry, and a cluster that nobody else has meanwhile. */
import { randomBytes } from 'node:crypto';

import { ComputeTarget, KubernetesCompute, Webservice } from '@farled/sdk';

import type { Cluster } from '../cluster/cluster.ts';
import { startServer, type TestServer } from '../harness/server.ts';
import { until } from '../harness/until.ts';
import { claimCluster } from './claim.ts';
import { installationIn, ownedObjects } from './objects.ts';

export const COMPUTE = 'mykube';

/** What a server is told of the cluster's registry; a path of its own, so that nothing was pushed there before. */
export function registryVariables({ registry }: Cluster): Record<string, string> {
  return {
    FARLED_REGISTRY: `${registry.host}/farled-${randomBytes(4).toString('hex')}`,
    FARLED_BASE_IMAGE: registry.baseImage,
    // The test cluster has no load balancers.
    FARLED_LOAD_BALANCER_TIMEOUT_SECONDS: '1',
  };
}

export interface AttachedServer extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly server: TestServer;
  readonly installation: string;
}

export interface AttachOptions {
  readonly variables?: Record<string, string>;
  /** How the server reaches the cluster, when not as the tests do. */
  readonly kubeconfig?: string;
}

/** Waits its turn, starts a server and attaches the cluster. Disposing it leaves nothing in the cluster. */
export async function startAttached(cluster: Cluster, options: AttachOptions = {}): Promise<AttachedServer> {
  await using started = new AsyncDisposableStack();
  started.use(await claimCluster(cluster));
  const server = started.use(await startServer({ ...registryVariables(cluster), ...options.variables }));
  const how =
    options.kubeconfig === undefined ? { kubeconfigPath: cluster.kubeconfig } : { kubeconfig: options.kubeconfig };
  const configuration = KubernetesCompute.attachConfiguration({
    ...how,
    clusterPurpose: 'DevTest',
    serviceType: 'NodePort',
  });
  const target = await ComputeTarget.attach(server.workspace, COMPUTE, configuration);
  started.defer(() => leaveCluster(server));
  await target.waitForCompletion();
  const installation = (await installationIn(cluster)) ?? '';
  const parts = started.move();
  return { cluster, server, installation, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

/** Deletes all services and detaches all clusters. */
export async function leaveCluster({ workspace }: TestServer): Promise<void> {
  const services = await Webservice.list(workspace);
  await Promise.all(services.map((service) => service.delete()));
  const targets = await ComputeTarget.list(workspace);
  await Promise.all(targets.map((target) => target.detach()));
}

/** Garbage that Kubernetes itself collects takes it a moment. */
export async function expectNothingLeft(cluster: Cluster, installation: string | undefined): Promise<void> {
  let left: readonly string[] = [];
  await until(
    'nothing of Farled is left in the cluster',
    async () => {
      left = await ownedObjects(cluster, installation);
      return left.length === 0;
    },
    20_000,
  ).catch((error: Error) => {
    throw new Error(`${error.message} There are ${left.join(', ')}.`);
  });
}
