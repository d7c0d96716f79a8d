import type { ErrorBody } from '@farled/contract';

import { type CompatibleAnswer, json } from '../answer.ts';
import { sentence } from './sentence.ts';

/**
 * As model management, and what happened once more beside the request's id: of a failure with models the client shows
 * `correlation` and not `message`.
 */
export function modelsError(error: ErrorBody, requestId: string): CompatibleAnswer {
  const { code, statusCode, details } = error;
  const message = sentence(error);
  const correlation = { RequestId: requestId, Message: message };
  return json({ code, statusCode, message, details, correlation }, statusCode);
}
