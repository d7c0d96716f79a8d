/** What a service is to run, found from what was uploaded for it. */
import { FarledError, type FileEntry, type WorkspaceReference } from '@farled/contract';

import { stagedFile } from '../artifacts/staged-file.ts';
import type { CompatibleParts } from '../parts.ts';
import type { Code } from './deployment.ts';
import { readDriverProgram } from './driver-program.ts';
import { type SaidScript, sourceFolder } from './entry-script.ts';
import { findEnvironment, type FoundEnvironment } from './find-environment.ts';
import type { SourceFiles } from './source-files.ts';
import type { Asset, ImageRequest } from './wire-request.ts';

type Environment = FoundEnvironment['environment'];

/** Far more than azureml-core writes. */
const LONGEST_DRIVER_BYTES = 64 * 1024;

/**
 * @param otherwise the environment of a request that brings none.
 * @throws FarledError BadArgument, ArtifactNotFound, PayloadTooLarge, NotSupportedYet.
 */
export async function findCode(
  parts: Pick<CompatibleParts, 'api' | 'state' | 'artifacts'> & { readonly sources: SourceFiles },
  workspace: WorkspaceReference,
  request: ImageRequest,
  otherwise: Environment,
  signal: AbortSignal,
): Promise<Code> {
  const { modelIds = [], assets = [], driverProgram } = request;
  const brings = bringsEnvironment(request);
  if (isNoCode(request)) {
    throw new FarledError(
      'NotSupportedYet',
      'An entry script is needed here: models alone (no-code deployment) are not enough.',
      {
        suggestion: 'Give an InferenceConfig: an entry script and an environment.',
      },
    );
  }
  const found = brings ? await findEnvironment(parts, workspace, request.environment, signal) : null;
  const isDriver = ({ id }: Asset): boolean => id !== undefined && id === driverProgram;
  const files: FileEntry[] = [];
  for (const { url, unpack } of assets.filter((asset) => !isDriver(asset))) {
    const file = await stagedFile(parts, workspace, url);
    files.push(...(unpack === true ? await parts.sources.unpack(file, signal) : [asEntry(file)]));
  }
  const said = found?.script ?? (await driverScript(parts, workspace, assets.find(isDriver)));
  const { entryScript, files: source } = sourceFolder(files, said);
  return {
    models: modelIds,
    inference: { entryScript, source: [...source], environment: found?.environment ?? otherwise },
  };
}

/** contract 9.1: models and nothing else. */
export function isNoCode(request: ImageRequest): boolean {
  return (request.assets ?? []).length === 0 && !bringsEnvironment(request);
}

function bringsEnvironment({ environment }: ImageRequest): boolean {
  return environment !== undefined && environment !== null;
}

function asEntry({ path, sha256, size }: FileEntry): FileEntry {
  return { path: path.slice(path.lastIndexOf('/') + 1), sha256, size };
}

async function driverScript(
  parts: Pick<CompatibleParts, 'state' | 'artifacts'>,
  workspace: WorkspaceReference,
  asset: Asset | undefined,
): Promise<SaidScript> {
  const driver = asset === undefined ? undefined : await stagedFile(parts, workspace, asset.url);
  const read =
    driver === undefined || driver.size > LONGEST_DRIVER_BYTES
      ? null
      : readDriverProgram(await textOf(await parts.artifacts.open(driver.sha256)));
  if (read === null) {
    throw new FarledError('BadArgument', 'The request does not say which file is the entry script.', {
      suggestion: 'Deploy with an InferenceConfig that has an environment, or an entry script alone.',
    });
  }
  return read;
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) {
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
