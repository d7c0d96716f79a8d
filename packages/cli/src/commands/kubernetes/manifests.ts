import { routes } from '@farled/contract';

import { command } from '../../command.ts';
import { text } from '../../parse/options.ts';
import { WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';
import { KUBERNETES_OPTIONS } from '../computetarget/cluster-options.ts';

export const printManifests = command({
  path: ['kubernetes', 'manifests'],
  summary:
    'Print every object that attaching puts into a Kubernetes, as YAML, and the command that installs them by Helm.',
  examples: [
    [
      'Look at what attaching would do, or have an administrator do it with kubectl apply',
      'farled kubernetes manifests --cluster-purpose DevTest --service-type NodePort',
    ],
    ['Print the objects of a compute target', 'farled kubernetes manifests -n mykube'],
  ],
  options: {
    name: text(
      '-n --name',
      'NAME',
      'Name of the compute target, mykube by default; one that is there decides what no option says.',
    ),
    ...KUBERNETES_OPTIONS,
    image: text('--image', 'REFERENCE', 'Image of the router, in place of the one that attaching would use.'),
    ...WORKSPACE_OPTIONS,
  },
  async run(options, parts) {
    const { name = 'mykube', clusterPurpose, loadBalancerType, loadBalancerSubnet, serviceType, namespace } = options;
    const workspace = await findWorkspace(options, parts);
    const { yaml } = await parts.client.call(routes.computes.manifests, {
      params: { ...workspace.path, compute: name },
      query: { clusterPurpose, loadBalancerType, loadBalancerSubnet, serviceType, namespace, image: options.image },
      signal: parts.signal,
    });
    return { value: yaml, prefer: 'text' };
  },
});
