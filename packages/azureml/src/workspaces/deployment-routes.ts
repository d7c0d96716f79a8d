/** Workspaces come by deployments of ARM, which end before they are answered. */
import { FarledError, parseOrThrow, resourceGroupId, routes, WorkspacePath } from '@farled/contract';
import { isoTime } from '@farled/service';

import { json } from '../answer.ts';
import type { CompatibleParts } from '../parts.ts';
import { type CompatibleRequest, type CompatibleRoute, SUPPORTED } from '../route.ts';
import { DoneDeployments } from './done-deployments.ts';
import { toWireDeployment, toWireDeploymentOperation, wantedWorkspace } from './wire-deployment.ts';

const GROUP = '/subscriptions/:subscriptionId/resourceGroups/:resourceGroup';
const DEPLOYMENT = `${GROUP}/providers/Microsoft.Resources/deployments/:deployment`;

/** What azureml-core takes back when a workspace could not be created. */
const DEPENDENCIES = [
  'Microsoft.Storage/storageAccounts',
  'Microsoft.KeyVault/vaults',
  'microsoft.insights/components',
];

export function deploymentRoutes({ api, clock }: CompatibleParts): readonly CompatibleRoute[] {
  const done = new DoneDeployments();
  const referenceOf = ({ params }: CompatibleRequest) => {
    const { subscriptionId = '', resourceGroup = '', deployment = '' } = params;
    const id = `${resourceGroupId({ subscriptionId, resourceGroup })}/providers/Microsoft.Resources/deployments/${deployment}`;
    return { subscriptionId, resourceGroup, deployment, id };
  };
  const common = { dialect: 'arm', client: 'Workspace.create' } as const;
  return [
    {
      ...common,
      row: 'B11',
      method: 'GET',
      path: '/subscriptions/:subscriptionId/providers/Microsoft.Resources/deployments',
      need: 'find',
      support: { kind: 'differs', why: 'Nothing is listed: what it would clear away is never made.' },
      answer: () => Promise.resolve(json({ value: [] })),
    },
    {
      ...common,
      row: 'B13',
      method: 'PUT',
      path: DEPLOYMENT,
      need: 'write',
      support: {
        kind: 'differs',
        why: 'Of the template the workspace is made; storage account, key vault, application insights and what the workspace says of encryption, identity and networks are left out.',
      },
      answer: async (request) => {
        const started = clock.now();
        const { name, fields } = wantedWorkspace(request.body);
        const { subscriptionId, resourceGroup, deployment, id } = referenceOf(request);
        const params = parseOrThrow(
          WorkspacePath,
          { subscriptionId, resourceGroup, workspace: name },
          'The deployment',
        );
        // A deployment that is sent again, because its answer was lost, makes nothing new.
        const workspace = await api.call(
          routes.workspaces.create,
          { params, query: undefined, body: { ...fields, existOk: true } },
          { caller: request.caller ?? undefined, signal: request.signal },
        );
        const ended = {
          id,
          name: deployment,
          workspace: { id: workspace.id, name: workspace.name },
          timestamp: isoTime(clock),
          durationMs: clock.now() - started,
        };
        done.add(ended);
        return json(toWireDeployment(ended), 201);
      },
    },
    {
      ...common,
      row: 'B13',
      method: 'GET',
      path: DEPLOYMENT,
      need: 'find',
      support: { kind: 'differs', why: 'Only deployments of late are known.' },
      answer: (request) => {
        const { id } = referenceOf(request);
        const found = done.find(id);
        if (found === undefined) {
          throw new FarledError('RouteNotFound', `Of deployment ${id} nothing is known.`, {
            suggestion: 'Workspaces are made before the answer to their deployment is: ask for the workspace.',
          });
        }
        return Promise.resolve(json(toWireDeployment(found)));
      },
    },
    {
      ...common,
      row: 'B14',
      method: 'GET',
      path: `${GROUP}/deployments/:deployment/operations`,
      client: 'Workspace.create(show_output=True)',
      need: 'find',
      support: SUPPORTED,
      answer: (request) => {
        const found = done.find(referenceOf(request).id);
        return Promise.resolve(json({ value: found === undefined ? [] : [toWireDeploymentOperation(found)] }));
      },
    },
    ...DEPENDENCIES.map((type): CompatibleRoute => ({
      ...common,
      row: 'B15',
      method: 'DELETE',
      path: `${GROUP}/providers/${type}/:name`,
      client: 'Workspace.create, after a failure',
      need: 'write',
      support: { kind: 'differs', why: 'There is nothing of the kind to delete, which is what the answer says.' },
      answer: () => Promise.resolve({ status: 204 }),
    })),
  ];
}
