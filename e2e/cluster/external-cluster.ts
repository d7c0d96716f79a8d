import type { Cluster } from './cluster.ts';
/** A cluster that somebody else brought up: kind, k3d, a cloud's. The tests use it and leave it up. */
import { run } from './commands.ts';

/** Undefined when no other cluster is asked for. */
export async function externalCluster(environment: NodeJS.ProcessEnv): Promise<Cluster | undefined> {
  const kubeconfig = environment['FARLED_TEST_KUBECONFIG'] ?? environment['KUBECONFIG'];
  if (kubeconfig === undefined || kubeconfig === '') {
    return undefined;
  }
  const host = environment['FARLED_TEST_REGISTRY'];
  if (host === undefined || host === '') {
    throw new Error(
      `The tests would use the cluster of ${kubeconfig}, but FARLED_TEST_REGISTRY does not say which registry it ` +
        `pulls from. Set it to host:port, or unset KUBECONFIG to test on a cluster of this machine's own.`,
    );
  }
  const kubectl: Cluster['kubectl'] = (args, { input } = {}) =>
    run('kubectl', [`--kubeconfig=${kubeconfig}`, ...args], { ...(input !== undefined && { input }) });
  const names = await kubectl(['get', 'nodes', '--output=jsonpath={.items[*].metadata.name}']);
  const impossible = (what: string) => (): Promise<never> => {
    return Promise.reject(new Error(`${what} only on a cluster of the tests' own: unset KUBECONFIG.`));
  };
  return {
    kubeconfig,
    registry: {
      host,
      hostForPods: environment['FARLED_TEST_REGISTRY_FOR_PODS'] ?? host,
      baseImage: `${host}/base/python:3.11`,
    },
    nodes: names.split(' ').filter(Boolean),
    kubectl,
    stopApiServer: impossible('The API server can be stopped'),
    startApiServer: impossible('The API server can be started'),
    stopNode: impossible('A node can be stopped'),
    startNode: impossible('A node can be started'),
    startRegistry: impossible('Another registry can be started'),
    simulateNodes: impossible('Nodes can be simulated'),
    forgetImage: impossible('Images can be taken from nodes'),
    down: impossible('The cluster can be taken down'),
  };
}
