/** What is sent to the address of an upload: a whole file, or its blocks and then their list. */
import type { IncomingHttpHeaders } from 'node:http';

import { FarledError } from '@farled/contract';
import { alreadyUploaded, type StagedFile } from '@farled/state';

import type { CompatibleParts } from '../parts.ts';
import { readText } from '../read-body.ts';
import { blockListDigest, parseBlockList } from './block-list.ts';

type UploadParts = Pick<CompatibleParts, 'state' | 'artifacts'>;
type Bytes = AsyncIterable<Uint8Array>;

/** Azure allows 64 bytes. */
const LONGEST_BLOCK_ID = 256;

/**
 * Takes a whole file. The same again is no other upload: a client repeats what it got no answer to.
 *
 * @throws FarledError ArtifactAlreadyUploaded when there is another already; ArtifactDigestMismatch; MalformedRequest
 * when it broke off.
 */
export async function uploadWhole(
  { state, artifacts }: UploadParts,
  file: StagedFile,
  bytes: Bytes,
  headers: IncomingHttpHeaders,
): Promise<StagedFile> {
  if (!['blockblob', undefined].includes(text(headers['x-ms-blob-type'])?.toLowerCase())) {
    throw new FarledError('NotSupportedYet', 'Farled takes files as block blobs.');
  }
  const said = announced(headers);
  if (file.content !== null && said === file.content.sha256) {
    return file;
  }
  if (file.content !== null && said !== undefined) {
    throw alreadyUploaded(file);
  }
  const content =
    said === undefined
      ? await unbroken(artifacts.add(bytes))
      : { sha256: said, size: await unbroken(artifacts.put(said, bytes)) };
  return state.stagedFiles.recordUpload(file.id, content, null);
}

/** @throws FarledError BadArgument for a block without id; PayloadTooLarge; ArtifactDigestMismatch; MalformedRequest. */
export async function uploadBlock(
  { artifacts }: UploadParts,
  file: StagedFile,
  blockId: string | undefined,
  bytes: Bytes,
  headers: IncomingHttpHeaders,
): Promise<void> {
  if (blockId === undefined || blockId === '' || blockId.length > LONGEST_BLOCK_ID) {
    throw new FarledError('BadArgument', `blockid must be 1 to ${LONGEST_BLOCK_ID} characters.`);
  }
  await unbroken(artifacts.parts.put(file.id, blockId, bytes, announced(headers)));
}

/**
 * Puts a file together of its blocks.
 *
 * @throws FarledError MalformedRequest for a broken list; BadArgument for a block that was not sent;
 * ArtifactAlreadyUploaded when there is another file already.
 */
export async function uploadBlockList(
  { state, artifacts }: UploadParts,
  file: StagedFile,
  bytes: Bytes,
): Promise<StagedFile> {
  const ids = parseBlockList(await unbroken(readText(bytes)));
  const digest = blockListDigest(ids);
  // Its blocks are gone when it was put together; a list sent again without them is one that got no answer.
  if (file.content !== null && !(await artifacts.parts.has(file.id))) {
    if (file.blockList === digest) {
      return file;
    }
    throw alreadyUploaded(file);
  }
  const content = await artifacts.add(await artifacts.parts.join(file.id, ids));
  const uploaded = await state.stagedFiles.recordUpload(file.id, content, digest);
  await artifacts.parts.discard(file.id);
  return uploaded;
}

/** SHA-256 in hexadecimal digits, when the client says one. */
function announced(headers: IncomingHttpHeaders): string | undefined {
  const said = text(headers['content-sha256']);
  const bytes = said === undefined ? undefined : Buffer.from(said, 'base64');
  return bytes?.length === 32 ? bytes.toString('hex') : undefined;
}

function text(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

/** A client that goes away in the middle is no failure of ours. */
async function unbroken<T>(received: Promise<T>): Promise<T> {
  try {
    return await received;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') {
      throw new FarledError('MalformedRequest', 'The upload broke off.', { cause: error });
    }
    throw error;
  }
}
