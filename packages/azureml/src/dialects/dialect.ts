/** The ways in which the original tells of failures; which one decides what azureml-core shows. */
import type { ErrorBody } from '@farled/contract';

import type { CompatibleAnswer } from '../answer.ts';
import { armError } from './arm.ts';
import { blobError } from './blob.ts';
import { modelManagementError } from './model-management.ts';
import { modelsError } from './models.ts';
import { oauthError } from './oauth.ts';

/** contract 7.1, 7.2; RFC 6749; Azure Blob Storage. */
export type Dialect = 'arm' | 'modelManagement' | 'models' | 'oauth' | 'blob';

const TELL: Readonly<Record<Dialect, (error: ErrorBody, requestId: string) => CompatibleAnswer>> = {
  arm: armError,
  modelManagement: modelManagementError,
  models: modelsError,
  oauth: oauthError,
  blob: blobError,
};

export function tell(dialect: Dialect, error: ErrorBody, requestId: string): CompatibleAnswer {
  return TELL[dialect]({ ...error, statusCode: statusOf(error) }, requestId);
}

/** contract 2: the client repeats 500, 502, 503 and 504 for minutes, so that only what may pass is one of them. */
function statusOf({ code, statusCode }: ErrorBody): number {
  return code === 'NotSupportedYet' ? 400 : statusCode;
}
