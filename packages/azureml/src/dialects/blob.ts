import type { ErrorBody } from '@farled/contract';

import type { CompatibleAnswer } from '../answer.ts';
import { sentence } from './sentence.ts';

/** As Azure Blob Storage does: the header is what its client reads. */
export function blobError(error: ErrorBody): CompatibleAnswer {
  const { code, statusCode } = error;
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${escaped(sentence(error))}</Message></Error>`;
  return { status: statusCode, headers: { 'content-type': 'application/xml', 'x-ms-error-code': code }, body };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
