/** Stands in for those who talk to a Kubernetes: what it finds there, and how that fails, each test says. */
import { type ClusterFacts, type ErrorCode, FarledError } from '@farled/contract';

import type { Clusters, ManifestOptions } from '../parts.ts';

export interface TestClusters extends Clusters {
  /** What is found in every cluster from now on. */
  found: ClusterFacts;
  /** Whether there is a registry. */
  registry: boolean;
  /** How it was asked to look, in order. */
  readonly looks: Parameters<Clusters['inspect']>[0][];
  readonly manifestsAsked: ManifestOptions[];
}

const FOUND: ClusterFacts = {
  server: 'https://kube.example:6443',
  version: 'v1.34.4',
  context: 'admin@kube',
  inCluster: false,
  uid: 'uid-of-kube',
  nodes: 3,
  architectures: ['amd64'],
  instanceType: null,
  allocatable: { cpu: 12, memoryInGB: 48, gpu: 1 },
  warnings: [],
};

export function testClusters(): TestClusters {
  const double: TestClusters = {
    found: FOUND,
    registry: true,
    requireRegistry: () => {
      if (!double.registry) {
        throw new FarledError('KubernetesUnaccessible', 'There is no registry.', { suggestion: 'Name one.' });
      }
    },
    looks: [],
    manifestsAsked: [],
    inspect: (how) => {
      double.looks.push(how);
      const fails = 'kubeconfig' in how ? /^fails: (\w+)/.exec(how.kubeconfig)?.[1] : undefined;
      return fails === undefined
        ? Promise.resolve({ connection: JSON.stringify(how), facts: double.found })
        : Promise.reject(new FarledError(fails as ErrorCode, 'It can not be looked at.', { suggestion: 'Mend it.' }));
    },
    kubeconfig: (connection, name) => `# ${name}\n${connection}`,
    manifests: (options) => {
      double.manifestsAsked.push(options);
      return Promise.resolve(`kind: Namespace # for ${options.compute}`);
    },
  };
  return double;
}
