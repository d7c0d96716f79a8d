import type { ErrorBody } from '@farled/contract';

import { type CompatibleAnswer, json } from '../answer.ts';
import { sentence } from './sentence.ts';

/** The client decides by `statusCode` of the body, not by that of the answer. */
export function modelManagementError(error: ErrorBody, requestId: string): CompatibleAnswer {
  const { code, statusCode, details } = error;
  const body = { code, statusCode, message: sentence(error), details, correlation: { RequestId: requestId } };
  return json(body, statusCode);
}
