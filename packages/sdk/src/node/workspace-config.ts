/** config.json of a workspace: finding it from a folder upwards, and writing it. */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { FarledError, type WorkspacePath } from '@farled/contract';

import { parseText } from '../documents/parse.ts';
import { fileError, readDocument } from './read-file.ts';

export interface WorkspaceConfig extends WorkspacePath {
  /** The file that says so. */
  readonly file: string;
}

export interface WriteOptions {
  readonly path?: string | undefined;
  readonly fileName?: string | undefined;
}

const FOLDERS = ['.azureml', 'aml_config', '.'];
const SCOPE =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.MachineLearningServices\/workspaces\/([^/]+)$/i;

/** Undefined when neither the folder nor one above it has such a file. `start` may also be the file itself. */
export async function findWorkspaceConfig(
  start: string,
  fileName = 'config.json',
): Promise<WorkspaceConfig | undefined> {
  const absolute = resolve(start);
  if (await isFile(absolute)) {
    const config = await readWorkspaceConfig(absolute);
    if (config === undefined) {
      throw incomplete(absolute, ['subscription_id', 'resource_group', 'workspace_name']);
    }
    return config;
  }
  for (let folder = absolute; ; folder = dirname(folder)) {
    for (const below of FOLDERS) {
      const file = join(folder, below, fileName);
      const config = (await isFile(file)) ? await readWorkspaceConfig(file) : undefined;
      if (config !== undefined) {
        return config;
      }
    }
    if (folder === dirname(folder)) {
      return undefined;
    }
  }
}

/** Writes `.azureml/config.json` below the path; returns where it is. */
export async function writeWorkspaceConfig(
  { subscriptionId, resourceGroup, workspace }: WorkspacePath,
  { path = '.', fileName = 'config.json' }: WriteOptions = {},
): Promise<string> {
  const folder = resolve(path, '.azureml');
  const file = join(folder, fileName);
  const fields = { subscription_id: subscriptionId, resource_group: resourceGroup, workspace_name: workspace };
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(file, `${JSON.stringify(fields, null, 2)}\n`);
  } catch (error) {
    throw fileError(error, 'The workspace config', file);
  }
  return file;
}

/** Undefined when the file has none of the fields: config.json is a name that others use too. */
async function readWorkspaceConfig(file: string): Promise<WorkspaceConfig | undefined> {
  const what = 'The workspace config';
  const { value } = parseText({ file, what, text: await readDocument(file, what) });
  const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const scope = fields['Scope'];
  if (typeof scope === 'string') {
    const match = SCOPE.exec(scope);
    if (match === null) {
      throw new FarledError(
        'InvalidDocument',
        `${what} "${file}" has a Scope that is not a workspace's id: "${scope}".`,
      );
    }
    const [, subscriptionId = '', resourceGroup = '', workspace = ''] = match;
    return { file, subscriptionId, resourceGroup, workspace };
  }
  const names = ['subscription_id', 'resource_group', 'workspace_name'] as const;
  const [subscriptionId, resourceGroup, workspace] = names.map((name) => fields[name]);
  if (typeof subscriptionId === 'string' && typeof resourceGroup === 'string' && typeof workspace === 'string') {
    return { file, subscriptionId, resourceGroup, workspace };
  }
  const missing = names.filter((name) => typeof fields[name] !== 'string');
  if (missing.length === names.length) {
    return undefined;
  }
  throw incomplete(file, missing);
}

function incomplete(file: string, missing: readonly string[]): FarledError {
  return new FarledError('InvalidDocument', `The workspace config "${file}" lacks ${missing.join(', ')}.`, {
    suggestion: 'Write it with `farled folder attach -w WORKSPACE -g RESOURCE_GROUP`.',
  });
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
