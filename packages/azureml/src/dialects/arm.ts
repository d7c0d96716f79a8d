import type { ErrorBody } from '@farled/contract';

import { type CompatibleAnswer, json } from '../answer.ts';
import { sentence } from './sentence.ts';

export function armError(error: ErrorBody): CompatibleAnswer {
  return json({ error: { code: error.code, message: sentence(error), details: error.details } }, error.statusCode);
}
