import { FarledError } from '@farled/contract';
import { ComputeTarget, KubernetesCompute } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { required, text } from '../../parse/options.ts';
import { NO_WAIT, WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';
import { ACCESS_OPTIONS, readAccess } from '../cluster/access-options.ts';
import { KUBERNETES_OPTIONS } from './cluster-options.ts';
import { COMPUTE_COLUMNS } from './columns.ts';
import { PLACEMENT_OPTIONS, placementOf } from './placement-options.ts';

export const attachKubernetes = command({
  path: ['computetarget', 'attach', 'kubernetes'],
  summary: 'Make a compute target of any Kubernetes; attach it again by the same name to change it.',
  examples: [
    [
      'Attach the cluster of a kubeconfig',
      'farled computetarget attach kubernetes -n mykube --kubeconfig ~/.kube/config --context admin@mycluster',
    ],
    [
      'Attach a small one without a load balancer',
      'farled computetarget attach kubernetes -n mykube --kubeconfig kubeconfig --cluster-purpose DevTest --service-type NodePort',
    ],
    [
      'Attach one whose services run on its GPU nodes alone',
      'farled computetarget attach kubernetes -n mykube --kubeconfig kubeconfig --node-selector pool=gpu --toleration sku=gpu:NoSchedule',
    ],
    ['Attach the cluster that the server runs in', 'farled computetarget attach kubernetes -n own --in-cluster'],
  ],
  options: {
    name: required(text('-n --name', 'NAME', 'Name of the compute target.')),
    ...ACCESS_OPTIONS,
    ...KUBERNETES_OPTIONS,
    ...PLACEMENT_OPTIONS,
    noWait: NO_WAIT,
    ...WORKSPACE_OPTIONS,
  },
  async run(options, parts) {
    const { name, clusterPurpose, loadBalancerType, loadBalancerSubnet, serviceType, namespace, noWait } = options;
    const { progress, signal } = parts;
    const access = await readAccess(options, parts);
    if (access === undefined) {
      throw new FarledError('BadArgument', 'Which cluster it is was not said.', {
        suggestion: 'Add --kubeconfig FILE or --in-cluster.',
      });
    }
    const workspace = await findWorkspace(options, parts);
    const configuration = KubernetesCompute.attachConfiguration({
      ...access,
      clusterPurpose,
      loadBalancerType,
      loadBalancerSubnet,
      serviceType,
      namespace,
      placement: placementOf(options),
    });
    const target = await ComputeTarget.attach(workspace, name, configuration, { signal });
    if (!noWait) {
      await progress.during(`Attaching ${name}`, ({ line }) => target.waitForCompletion({ showOutput: line, signal }));
    }
    return item(target.serialize(), COMPUTE_COLUMNS);
  },
});
