import type { ErrorBody } from '@farled/contract';

import type { CompatibleAnswer } from '../answer.ts';
import { sentence } from './sentence.ts';

/** What Azure Blob Storage calls it, where clients decide by it. */
const AZURE_CODES: Readonly<Partial<Record<string, string>>> = {
  Forbidden: 'AuthenticationFailed',
  ArtifactNotFound: 'BlobNotFound',
  ArtifactAlreadyUploaded: 'BlobAlreadyExists',
  ArtifactDigestMismatch: 'Md5Mismatch',
  BadArgument: 'InvalidInput',
  MalformedRequest: 'InvalidInput',
  PayloadTooLarge: 'RequestBodyTooLarge',
};

/** As Azure Blob Storage does: the header is what its client reads. */
export function blobError(error: ErrorBody, requestId: string): CompatibleAnswer {
  const code = AZURE_CODES[error.code] ?? error.code;
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${escaped(sentence(error))}</Message></Error>`;
  const headers = { 'content-type': 'application/xml', 'x-ms-error-code': code, 'x-ms-request-id': requestId };
  return { status: error.statusCode, headers, body };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
