import { randomUUID } from 'node:crypto';

import { FarledError } from '@farled/contract';
import type { StagedFile } from '@farled/state';

import type { CompatibleAnswer } from '../answer.ts';
import type { CompatibleParts } from '../parts.ts';
import { type CompatibleRequest, type CompatibleRoute, SUPPORTED } from '../route.ts';
import { admitBlob, BLOBS } from './blob-address.ts';
import { wantedBytes } from './byte-range.ts';
import { uploadBlock, uploadBlockList, uploadWhole } from './upload.ts';

const VERSION = '2021-08-06';

export function blobRoutes(parts: CompatibleParts): readonly CompatibleRoute[] {
  const { state, artifacts } = parts;

  const staged = async (id: string): Promise<StagedFile> => {
    const file = await state.stagedFiles.byId(id);
    if (file === undefined) {
      throw new FarledError('ArtifactNotFound', 'Nothing is to be uploaded to this address any more.', {
        suggestion: 'Start the upload again.',
      });
    }
    return file;
  };

  const put: CompatibleRoute['answer'] = async ({ params, query, headers, body }) => {
    const blob = admitBlob(parts, pathOf(params), ['w'], query);
    const file = await staged(blob.kind === 'upload' ? blob.stagedId : '');
    const bytes = body as AsyncIterable<Uint8Array>;
    switch (query['comp']) {
      case undefined:
        return created(await uploadWhole(parts, file, bytes, headers));
      case 'block':
        await uploadBlock(parts, file, query['blockid'], bytes, headers);
        return { status: 201, headers: common() };
      case 'blocklist':
        return created(await uploadBlockList(parts, file, bytes));
      default:
        throw new FarledError('NotSupportedYet', `Farled does not take "${query['comp']}" of a blob.`);
    }
  };

  const head = async ({ params, query }: CompatibleRequest): Promise<CompatibleAnswer> => {
    const blob = admitBlob(parts, pathOf(params), ['w', 'r'], query);
    if (blob.kind === 'file') {
      return { status: 200, headers: describe(blob.sha256, await artifacts.size(blob.sha256), blob.since) };
    }
    const { content, uploadedTime } = await staged(blob.stagedId);
    if (content === null || uploadedTime === null) {
      throw new FarledError('ArtifactNotFound', 'Nothing was uploaded to this address yet.');
    }
    return { status: 200, headers: describe(content.sha256, content.size, Date.parse(uploadedTime)) };
  };

  const get: CompatibleRoute['answer'] = async ({ params, query, headers }) => {
    const blob = admitBlob(parts, pathOf(params), ['r'], query);
    if (blob.kind !== 'file') {
      throw new FarledError('Forbidden', 'The address does not permit this.');
    }
    const { sha256, since } = blob;
    const size = await artifacts.size(sha256);
    const wanted = wantedBytes(headers, size);
    const about = describe(sha256, size, since);
    if (wanted === 'nothing') {
      const range = { 'content-range': `bytes */${size}`, 'content-length': '0', 'x-ms-error-code': 'InvalidRange' };
      return { status: 416, headers: { ...about, ...range } };
    }
    if (wanted === 'all') {
      return { status: 200, headers: about, body: await artifacts.open(sha256) };
    }
    const { start, end } = wanted;
    const part = { 'content-length': String(end - start + 1), 'content-range': `bytes ${start}-${end}/${size}` };
    return { status: 206, headers: { ...about, ...part }, body: await artifacts.open(sha256, wanted) };
  };

  const blob = { path: `${BLOBS}/*`, support: SUPPORTED, dialect: 'blob', need: null } as const;
  return [
    { ...blob, row: '5.3', method: 'PUT', client: 'Model.register, Model.deploy: upload', body: 'bytes', answer: put },
    { ...blob, row: '5.3', method: 'HEAD', client: 'Model.register, Model.deploy: after an upload', answer: head },
    { ...blob, row: '5.4', method: 'GET', client: 'Model.download, get_sas_urls', answer: get },
  ];
}

function pathOf(params: CompatibleRequest['params']): string {
  return params['*'] ?? '';
}

function created({ content, uploadedTime }: StagedFile): CompatibleAnswer {
  return {
    status: 201,
    headers: {
      ...common(),
      etag: `"${content?.sha256}"`,
      'last-modified': new Date(uploadedTime ?? 0).toUTCString(),
    },
  };
}

function describe(sha256: string, size: number, since: number): Readonly<Record<string, string>> {
  return {
    ...common(),
    'content-type': 'application/octet-stream',
    'content-length': String(size),
    etag: `"${sha256}"`,
    'last-modified': new Date(since).toUTCString(),
    'accept-ranges': 'bytes',
    'x-ms-blob-type': 'BlockBlob',
  };
}

function common(): Readonly<Record<string, string>> {
  return { 'x-ms-request-id': randomUUID(), 'x-ms-version': VERSION };
}
