import { isAbsolute, relative, resolve, sep } from 'node:path';

/** An inference config: entry script, source directory and environment. */
import { FarledError, type EnvironmentDefinition, type FileManifest } from '@farled/contract';

import type { Environment } from './environment.ts';
import { listSourceFiles, sourceFile, type LocalFile } from './node/files.ts';
import { uploadFiles } from './node/upload.ts';
import type { SendOptions } from './show-output.ts';
import type { Workspace } from './workspace.ts';

export interface InferenceConfigOptions {
  /** Relative to the source directory, or without one to the current folder. */
  readonly entryScript: string;
  /** Everything in it goes along, except what .amlignore leaves out. Absent: the entry script alone. */
  readonly sourceDirectory?: string | undefined;
  readonly environment: Environment;
  readonly description?: string | undefined;
}

export class InferenceConfig {
  readonly entryScript: string;
  readonly sourceDirectory: string | undefined;
  readonly environment: Environment;
  readonly description: string | undefined;

  constructor({ entryScript, sourceDirectory, environment, description }: InferenceConfigOptions) {
    this.entryScript = entryScript;
    this.sourceDirectory = sourceDirectory;
    this.environment = environment;
    this.description = description;
  }
}

/** What a deployment says of the code: the names of uploaded files. */
export interface PreparedInference {
  readonly entryScript: string;
  readonly source: FileManifest;
  readonly environment: EnvironmentDefinition;
}

/** Uploads what the server lacks of the source directory. */
export async function prepareInference(
  workspace: Workspace,
  config: InferenceConfig,
  { notice = () => undefined, ...upload }: SendOptions,
): Promise<PreparedInference> {
  const { entryScript, files } = await collectSource(config, notice);
  return {
    entryScript,
    source: await uploadFiles(workspace.client, workspace.path, files, upload),
    environment: config.environment.toDefinition(),
  };
}

async function collectSource(
  { entryScript, sourceDirectory }: InferenceConfig,
  notice: (text: string) => void,
): Promise<{ entryScript: string; files: LocalFile[] }> {
  if (sourceDirectory === undefined) {
    const file = await sourceFile(entryScript);
    return { entryScript: file.path, files: [file] };
  }
  const path = relative(resolve(sourceDirectory), resolve(sourceDirectory, entryScript)).split(sep).join('/');
  if (path === '' || path.startsWith('../') || isAbsolute(path)) {
    throw new FarledError(
      'BadArgument',
      `The entry script "${entryScript}" is not in the source directory "${sourceDirectory}".`,
      {
        suggestion: 'Write its path relative to the source directory.',
      },
    );
  }
  const files = await listSourceFiles(sourceDirectory, notice);
  if (!files.some((file) => file.path === path)) {
    throw new FarledError(
      'BadArgument',
      `The source directory "${resolve(sourceDirectory)}" has no entry script "${path}", or leaves it out.`,
      { suggestion: 'Check the name, and the rules of .amlignore and .gitignore.' },
    );
  }
  return { entryScript: path, files };
}
