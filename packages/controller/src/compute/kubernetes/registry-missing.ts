/** Images have to be somewhere where the nodes of a cluster find them. */
import { FarledError } from '@farled/contract';

export function registryMissing(): FarledError {
  return new FarledError(
    'KubernetesUnaccessible',
    'This Farled knows no registry to push images to, so no Kubernetes can run them.',
    { suggestion: 'Start it with FARLED_REGISTRY=host/path of a registry that the cluster can pull from.' },
  );
}
