/** Every command, in the order of help. */
import type { Command } from '../command.ts';
import { simulateAutoscaling } from './autoscale/simulate.ts';
import { examineClient } from './azureml/doctor.ts';
import { printClientVariables } from './azureml/env.ts';
import { printHostsLine } from './azureml/hosts.ts';
import { runWithClientVariables } from './azureml/run.ts';
import { addCluster } from './cluster/add.ts';
import { listClusters } from './cluster/list.ts';
import { removeCluster } from './cluster/remove.ts';
import { showCluster } from './cluster/show.ts';
import { completionCommands } from './completion/shells.ts';
import { attachAks } from './computetarget/attach-aks.ts';
import { attachKubernetes } from './computetarget/attach-kubernetes.ts';
import { createAks } from './computetarget/create-aks.ts';
import { deleteCompute } from './computetarget/delete.ts';
import { detachCompute } from './computetarget/detach.ts';
import { getComputeCredentials } from './computetarget/get-credentials.ts';
import { listComputes } from './computetarget/list.ts';
import { showCompute } from './computetarget/show.ts';
import { createEndpointVersion } from './endpoint/create-version.ts';
import { deleteEndpointVersion } from './endpoint/delete-version.ts';
import { deleteEndpoint } from './endpoint/delete.ts';
import { getEndpointAccessToken } from './endpoint/get-access-token.ts';
import { getEndpointKeys } from './endpoint/get-keys.ts';
import { getEndpointLogs } from './endpoint/get-logs.ts';
import { listEndpoints } from './endpoint/list.ts';
import { regenerateEndpointKey } from './endpoint/regen-key.ts';
import { rollOutEndpointVersion } from './endpoint/rollout.ts';
import { runEndpoint } from './endpoint/run.ts';
import { showEndpoint } from './endpoint/show.ts';
import { updateEndpointVersion } from './endpoint/update-version.ts';
import { updateEndpoint } from './endpoint/update.ts';
import { buildEnvironment } from './environment/build.ts';
import { downloadEnvironment } from './environment/download.ts';
import { labelEnvironment } from './environment/label.ts';
import { listEnvironments } from './environment/list.ts';
import { registerEnvironment } from './environment/register.ts';
import { scaffoldEnvironment } from './environment/scaffold.ts';
import { showEnvironment } from './environment/show.ts';
import { attachFolder } from './folder/attach.ts';
import { createGroup } from './group/create.ts';
import { deleteGroup } from './group/delete.ts';
import { listGroups } from './group/list.ts';
import { createIdentity } from './identity/create.ts';
import { deleteIdentity } from './identity/delete.ts';
import { grantRole } from './identity/grant.ts';
import { listIdentities } from './identity/list.ts';
import { resetIdentitySecret } from './identity/reset-secret.ts';
import { revokeRole } from './identity/revoke.ts';
import { showIdentity } from './identity/show.ts';
import { printManifests } from './kubernetes/manifests.ts';
import { deleteModel } from './model/delete.ts';
import { deployModel } from './model/deploy.ts';
import { downloadModel } from './model/download.ts';
import { listModels } from './model/list.ts';
import { packageModel } from './model/package.ts';
import { registerModel } from './model/register.ts';
import { showModel } from './model/show.ts';
import { updateModel } from './model/update.ts';
import { deleteService } from './service/delete.ts';
import { getServiceAccessToken } from './service/get-access-token.ts';
import { getServiceDecisions } from './service/get-decisions.ts';
import { getServiceKeys } from './service/get-keys.ts';
import { getServiceLogs } from './service/get-logs.ts';
import { listServices } from './service/list.ts';
import { regenerateServiceKey } from './service/regen-key.ts';
import { revokeServiceTokens } from './service/revoke-tokens.ts';
import { rollBackService } from './service/rollback.ts';
import { runService } from './service/run.ts';
import { showService } from './service/show.ts';
import { updateService } from './service/update.ts';
import { UNBUILT_COMMANDS } from './unbuilt.ts';
import { createWorkspace } from './workspace/create.ts';
import { deleteWorkspace } from './workspace/delete.ts';
import { listWorkspaces } from './workspace/list.ts';
import { showWorkspace } from './workspace/show.ts';
import { updateWorkspace } from './workspace/update.ts';

const BUILT: readonly Command[] = [
  registerModel,
  deployModel,
  packageModel,
  listModels,
  showModel,
  updateModel,
  downloadModel,
  deleteModel,
  listServices,
  showService,
  runService,
  getServiceKeys,
  regenerateServiceKey,
  getServiceAccessToken,
  revokeServiceTokens,
  getServiceDecisions,
  getServiceLogs,
  updateService,
  rollBackService,
  deleteService,
  listEndpoints,
  showEndpoint,
  runEndpoint,
  createEndpointVersion,
  updateEndpointVersion,
  deleteEndpointVersion,
  rollOutEndpointVersion,
  updateEndpoint,
  getEndpointKeys,
  regenerateEndpointKey,
  getEndpointAccessToken,
  getEndpointLogs,
  deleteEndpoint,
  createAks,
  attachAks,
  attachKubernetes,
  listComputes,
  showCompute,
  getComputeCredentials,
  detachCompute,
  deleteCompute,
  registerEnvironment,
  listEnvironments,
  showEnvironment,
  labelEnvironment,
  buildEnvironment,
  downloadEnvironment,
  scaffoldEnvironment,
  createWorkspace,
  listWorkspaces,
  showWorkspace,
  updateWorkspace,
  deleteWorkspace,
  createGroup,
  listGroups,
  deleteGroup,
  attachFolder,
  addCluster,
  listClusters,
  showCluster,
  removeCluster,
  printManifests,
  simulateAutoscaling,
  printClientVariables,
  runWithClientVariables,
  examineClient,
  printHostsLine,
  createIdentity,
  listIdentities,
  showIdentity,
  grantRole,
  revokeRole,
  resetIdentitySecret,
  deleteIdentity,
];

export const COMMANDS: readonly Command[] = [...BUILT, ...UNBUILT_COMMANDS, ...completionCommands(BUILT)];

/** What the groups of commands are for, by their words. */
export const GROUPS: Readonly<Record<string, string>> = {
  model: 'Register models, and deploy them.',
  service: 'Look at services, score with them, change them.',
  computetarget: 'Compute targets, which services run on.',
  'computetarget create': 'Create a cluster with a compute target.',
  'computetarget attach': 'Make a compute target of an existing cluster.',
  'computetarget update': 'Change a compute target.',
  environment: 'Environments, which entry scripts run with.',
  workspace: 'Workspaces, which everything else belongs to.',
  group: 'Resource groups, which workspaces are grouped by.',
  folder: 'The workspace of a folder.',
  cluster: 'Clusters that compute targets can be attached to.',
  kubernetes: 'What Farled is in a Kubernetes.',
  autoscale: 'How many replicas services have.',
  identity: 'Service principals and users, and what they may do.',
  azureml: 'The unmodified azureml-core, and how it finds this server.',
  endpoint: 'Endpoints with several versions.',
  'endpoint realtime': 'Endpoints with several versions.',
  completion: 'Completion of names and options in the shell.',
};
