import { FarledError } from '@farled/contract';
import { AksCompute, ComputeTarget } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { required, text } from '../../parse/options.ts';
import { NO_WAIT, WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';
import { CLUSTER_OPTIONS, LOAD_BALANCER_SUBNET, TLS_OPTIONS } from './cluster-options.ts';
import { COMPUTE_COLUMNS } from './columns.ts';
import { PLACEMENT_OPTIONS, placementOf } from './placement-options.ts';

export const attachAks = command({
  path: ['computetarget', 'attach', 'aks'],
  summary:
    'Make a compute target of a cluster that is known already, of AKS or any other; attach it again by the same name to change it.',
  examples: [
    [
      'Attach a cluster by its resource id',
      'farled computetarget attach aks -n myaks -i /subscriptions/SUB/resourcegroups/RG/providers/Microsoft.ContainerService/managedClusters/NAME',
    ],
    [
      'Attach a cluster by its name',
      'farled computetarget attach aks -n myaks --cluster-resource-group RG --cluster-name NAME',
    ],
  ],
  options: {
    name: required(text('-n --name', 'NAME', 'Name of the compute target.')),
    resourceId: text(
      '-i --compute-resource-id',
      'ID',
      'Resource id of the cluster; `farled cluster list -o json` shows it.',
    ),
    clusterName: text('--cluster-name', 'NAME', 'Name of the cluster, in place of its id.'),
    clusterResourceGroup: text(
      '--cluster-resource-group',
      'NAME',
      "The cluster's resource group; the workspace's by default.",
    ),
    ...CLUSTER_OPTIONS,
    loadBalancerSubnet: LOAD_BALANCER_SUBNET,
    ...PLACEMENT_OPTIONS,
    ...TLS_OPTIONS,
    noWait: NO_WAIT,
    ...WORKSPACE_OPTIONS,
  },
  async run(options, parts) {
    const { name, resourceId, clusterName, clusterResourceGroup, noWait } = options;
    const { clusterPurpose, loadBalancerType, loadBalancerSubnet } = options;
    const { progress, signal } = parts;
    if ((resourceId === undefined) === (clusterName === undefined)) {
      throw new FarledError('BadArgument', 'The cluster is named by -i, or by --cluster-name: exactly one of them.', {
        suggestion: '`farled cluster list` shows the known clusters.',
      });
    }
    const workspace = await findWorkspace(options, parts);
    const configuration = AksCompute.attachConfiguration({
      resourceId,
      clusterName,
      resourceGroup:
        clusterName === undefined ? clusterResourceGroup : (clusterResourceGroup ?? workspace.resourceGroup),
      clusterPurpose,
      loadBalancerType,
      loadBalancerSubnet,
      placement: placementOf(options),
    });
    const target = await ComputeTarget.attach(workspace, name, configuration, { signal });
    if (!noWait) {
      await progress.during(`Attaching ${name}`, ({ line }) => target.waitForCompletion({ showOutput: line, signal }));
    }
    return item(target.serialize(), COMPUTE_COLUMNS);
  },
});
