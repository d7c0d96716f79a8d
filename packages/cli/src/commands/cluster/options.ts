/** How a cluster is named. */
import { required, text } from '../../parse/options.ts';

export const CLUSTER_NAME_OPTIONS = {
  name: required(text('-n --name', 'NAME', 'Name of the cluster.')),
  resourceGroup: required(text('-g --resource-group', 'NAME', "The cluster's resource group.")),
  subscriptionId: text(
    '--subscription-id',
    'ID',
    "The cluster's subscription; the one of this folder's workspace, or all zeros.",
  ),
} as const;
