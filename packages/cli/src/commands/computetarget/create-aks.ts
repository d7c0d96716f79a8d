import { AksCompute, ComputeTarget } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { required, text, whole } from '../../parse/options.ts';
import { NO_WAIT, WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';
import { CLUSTER_OPTIONS, NETWORK_OPTIONS, TLS_OPTIONS } from './cluster-options.ts';
import { COMPUTE_COLUMNS } from './columns.ts';

export const createAks = command({
  path: ['computetarget', 'create', 'aks'],
  summary: 'Create a cluster with a compute target; on one machine, a share of this machine.',
  examples: [
    [
      'Create a compute target to try things on',
      'farled computetarget create aks -n myaks --cluster-purpose DevTest -a 1',
    ],
    ['Create one with larger agents', 'farled computetarget create aks -n myaks -a 3 -s Standard_D4_v2'],
  ],
  options: {
    name: required(text('-n --name', 'NAME', 'Name of the compute target.')),
    agentCount: whole('-a --agent-count', 'How many agents it has, 3 by default.'),
    vmSize: text('-s --vm-size', 'SIZE', 'VM size of an agent, Standard_D3_v2 by default.'),
    location: text('-l --location', 'NAME', 'Where it is said to be.'),
    ...CLUSTER_OPTIONS,
    ...TLS_OPTIONS,
    ...NETWORK_OPTIONS,
    noWait: NO_WAIT,
    ...WORKSPACE_OPTIONS,
  },
  async run(options, parts) {
    const { name, agentCount, vmSize, location, clusterPurpose, loadBalancerType, noWait } = options;
    const { progress, signal } = parts;
    const workspace = await findWorkspace(options, parts);
    const configuration = AksCompute.provisioningConfiguration({
      agentCount,
      vmSize,
      location,
      clusterPurpose,
      loadBalancerType,
    });
    const target = await ComputeTarget.create(workspace, name, configuration, { signal });
    if (!noWait) {
      await progress.during(`Creating the compute target ${name}`, ({ line }) =>
        target.waitForCompletion({ showOutput: line, signal }),
      );
    }
    return item(target.serialize(), COMPUTE_COLUMNS);
  },
});
