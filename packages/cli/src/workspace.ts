/** Which workspace a command speaks of. */
import { resolve } from 'node:path';

import { FarledError } from '@farled/contract';
import { DEFAULT_SUBSCRIPTION, findWorkspaceConfig, Workspace, type Client } from '@farled/sdk';

import type { Parts } from './command.ts';
import type { WorkspaceValues } from './parse/shared-options.ts';

type Said = { readonly [Key in keyof WorkspaceValues]?: WorkspaceValues[Key] };
type Finding = Pick<Parts, 'client' | 'folder' | 'variables' | 'signal'>;

/** By options, else by config.json, else by FARLED_WORKSPACE, else the only one there is. */
export async function findWorkspace(said: Said, { client, folder, variables, signal }: Finding): Promise<Workspace> {
  if (said.workspaceName !== undefined) {
    const { workspaceName: name, subscriptionId, resourceGroup } = said;
    return byName(client, { name, subscriptionId, resourceGroup }, signal);
  }
  const config = await findWorkspaceConfig(resolve(folder, said.path ?? '.'));
  if (config !== undefined) {
    return Workspace.get({ ...config, name: config.workspace, client, signal });
  }
  const {
    FARLED_WORKSPACE: name,
    FARLED_RESOURCE_GROUP: resourceGroup,
    FARLED_SUBSCRIPTION_ID: subscriptionId,
  } = variables;
  if (name !== undefined && name !== '') {
    return byName(client, { name, resourceGroup, subscriptionId }, signal);
  }
  return only(await Workspace.list({ client, signal }), said);
}

/** The subscription that resources of this machine belong to when nobody names one. */
export async function findSubscription(
  said: string | undefined,
  { folder, variables }: Pick<Parts, 'folder' | 'variables'>,
): Promise<string> {
  const config = said === undefined ? await findWorkspaceConfig(folder) : undefined;
  return said ?? config?.subscriptionId ?? variables['FARLED_SUBSCRIPTION_ID'] ?? DEFAULT_SUBSCRIPTION;
}

interface Named {
  readonly name: string;
  readonly subscriptionId: string | undefined;
  readonly resourceGroup: string | undefined;
}

/** A name alone is enough while one workspace has it. */
async function byName(
  client: Client,
  { name, subscriptionId, resourceGroup }: Named,
  signal: AbortSignal,
): Promise<Workspace> {
  if (subscriptionId !== undefined && resourceGroup !== undefined) {
    return Workspace.get({ name, subscriptionId, resourceGroup, client, signal });
  }
  const all = await Workspace.list({ client, signal });
  const named = all.filter(
    (one) =>
      same(one.name, name) &&
      (resourceGroup === undefined || same(one.resourceGroup, resourceGroup)) &&
      (subscriptionId === undefined || same(one.subscriptionId, subscriptionId)),
  );
  const [first, second] = named;
  if (first === undefined) {
    throw new FarledError('WorkspaceNotFound', `There is no workspace "${name}"${inGroup(resourceGroup)}.`, {
      suggestion: all.length === 0 ? CREATE : `There are: ${all.map(nameOf).join(', ')}.`,
    });
  }
  if (second !== undefined) {
    throw ambiguous(`There are ${named.length} workspaces named "${name}"`, named);
  }
  return first;
}

const CREATE = 'Create one with `farled workspace create -w NAME -g RESOURCE_GROUP`.';

function only(all: readonly Workspace[], said: Said): Workspace {
  const fitting = all.filter(
    (one) =>
      (said.resourceGroup === undefined || same(one.resourceGroup, said.resourceGroup)) &&
      (said.subscriptionId === undefined || same(one.subscriptionId, said.subscriptionId)),
  );
  const [first, second] = fitting;
  if (first === undefined) {
    throw new FarledError('WorkspaceNotFound', `There is no workspace${inGroup(said.resourceGroup)}.`, {
      suggestion: CREATE,
    });
  }
  if (second !== undefined) {
    throw ambiguous('No workspace is named, and there are several', fitting);
  }
  return first;
}

function ambiguous(what: string, among: readonly Workspace[]): FarledError {
  return new FarledError('BadArgument', `${what}: ${among.map(nameOf).join(', ')}.`, {
    suggestion:
      'Name one with -w and -g, or once for this folder with `farled folder attach -w NAME -g RESOURCE_GROUP`.',
  });
}

function nameOf({ name, resourceGroup }: Workspace): string {
  return `${name} (resource group ${resourceGroup})`;
}

function inGroup(resourceGroup: string | undefined): string {
  return resourceGroup === undefined ? '' : ` in the resource group "${resourceGroup}"`;
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
