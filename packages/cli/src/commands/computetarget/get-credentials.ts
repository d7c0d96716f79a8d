import { ComputeTarget } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { required, text } from '../../parse/options.ts';
import { WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';

export const getComputeCredentials = command({
  path: ['computetarget', 'get-credentials'],
  summary: 'Show the kubeconfig of an attached Kubernetes, which owners of the workspace may see.',
  examples: [['Write it for kubectl', 'farled computetarget get-credentials -n myaks --query kubeconfig -o tsv']],
  options: { name: required(text('-n --name', 'NAME', 'Name of the compute target.')), ...WORKSPACE_OPTIONS },
  async run(options, parts) {
    const target = await ComputeTarget.get(await findWorkspace(options, parts), options.name, parts);
    return item({ kubeconfig: await target.getCredentials(parts.signal) }, [
      ['Kubeconfig', ({ kubeconfig }) => kubeconfig],
    ]);
  },
});
