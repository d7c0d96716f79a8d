import { FarledError, ModelId } from '@farled/contract';

import { json } from '../answer.ts';
import { downloadAddress, uploadAddress } from '../blobs/blob-address.ts';
import { packageOf } from '../packages/package-files.ts';
import type { CompatibleParts } from '../parts.ts';
import { type CompatibleRequest, type CompatibleRoute, SCOPE, SUPPORTED } from '../route.ts';
import { type ArtifactName, parseContainer, parsePrefix } from './artifact-url.ts';
import { filesBelow, type NamedFile } from './files.ts';
import { fromContinuationToken, fromWirePaths, toWireArtifact, toWireContent } from './wire-artifact.ts';

const ARTIFACTS = `/artifact/v2.0${SCOPE}/artifacts`;
/** Addresses on one page of a list. */
const PAGE = 1000;

export function artifactRoutes(parts: CompatibleParts): readonly CompatibleRoute[] {
  const { state } = parts;

  const stage: CompatibleRoute['answer'] = async ({ workspace, params, body }) => {
    const container = parseContainer(params['origin'] ?? '', params['container'] ?? '');
    if (ModelId.safeParse(container).success || packageOf(container) !== undefined) {
      throw new FarledError('BadArgument', `"${container}" is a model or a package; its files stay as they are.`);
    }
    const requested = fromWirePaths(body);
    const { key } = await state.workspaces.get(workspace);
    const files = await state.stagedFiles.stage(
      key,
      container,
      requested.map(({ path }) => path),
    );
    const named = requested.flatMap(({ said }, index) => {
      const file = files[index];
      return file === undefined ? [] : [{ said, file }];
    });
    return json({
      artifacts: Object.fromEntries(
        named.map(({ said, file }) => [said, toWireArtifact(container, file.path, file.createdTime)]),
      ),
      artifactContentInformation: Object.fromEntries(
        named.map(({ said, file }) => [said, toWireContent(container, file.path, uploadAddress(parts, file))]),
      ),
      errors: {},
    });
  };

  const listBelow: CompatibleRoute['answer'] = async ({ workspace, params, query, signal }) => {
    const name = nameOf(params);
    const first = fromContinuationToken(query['continuationToken']);
    const files = await filesBelow(parts, workspace, name, signal);
    const value = files
      .slice(first, first + PAGE)
      .map((file) => toWireContent(name.container, file.path, downloadAddress(parts, file)));
    return json({
      value,
      continuationToken: files.length > first + PAGE ? String(first + PAGE) : null,
      nextLink: null,
    });
  };

  const find = async ({ workspace, params, signal }: CompatibleRequest): Promise<[ArtifactName, NamedFile]> => {
    const name = nameOf(params);
    const file = (await filesBelow(parts, workspace, name, signal)).find(({ path }) => path === name.path);
    if (file === undefined) {
      throw new FarledError('ArtifactNotFound', `There is no uploaded file "${name.container}/${name.path}".`, {
        suggestion: 'Upload it again: what nothing refers to is cleared away after a day.',
      });
    }
    return [name, file];
  };

  const read = { support: SUPPORTED, dialect: 'arm', need: 'read', method: 'GET' } as const;
  const below = { ...read, row: 'D2', client: 'Model.download, get_sas_urls', answer: listBelow } as const;
  return [
    {
      row: 'D1',
      method: 'POST',
      path: `${ARTIFACTS}/batch/metadata/:origin/:container`,
      client: 'Model.register, Model.deploy: before every upload',
      support: SUPPORTED,
      dialect: 'arm',
      need: 'write',
      answer: stage,
    },
    { ...below, path: `${ARTIFACTS}/prefix/contentinfo/:origin/:container` },
    { ...below, path: `${ARTIFACTS}/prefix/contentinfo/:origin/:container/*` },
    {
      ...read,
      row: 'D3',
      path: `${ARTIFACTS}/contentinfo/:origin/:container/*`,
      client: 'Model.download of assets that name a file',
      answer: async (request) => {
        const [{ container }, file] = await find(request);
        return json(toWireContent(container, file.path, downloadAddress(parts, file)));
      },
    },
    {
      ...read,
      row: 'D4',
      path: `${ARTIFACTS}/metadata/:origin/:container/*`,
      client: 'reading what is known of a file',
      answer: async (request) => {
        const [{ container }, file] = await find(request);
        return json({ ...toWireArtifact(container, file.path, file.time), etag: file.sha256 });
      },
    },
  ];
}

function nameOf(params: CompatibleRequest['params']): ArtifactName {
  return parsePrefix(`${params['origin']}/${params['container']}/${params['*'] ?? ''}`, 'The address');
}
