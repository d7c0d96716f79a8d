import type { ErrorBody } from '@farled/contract';

import { type CompatibleAnswer, json } from '../answer.ts';
import { sentence } from './sentence.ts';

/** RFC 6749, 5.2. */
export function oauthError(error: ErrorBody): CompatibleAnswer {
  const kind =
    error.statusCode === 401 ? 'invalid_client' : error.statusCode < 500 ? 'invalid_request' : 'server_error';
  return json({ error: kind, error_description: sentence(error) }, error.statusCode, { 'cache-control': 'no-store' });
}
