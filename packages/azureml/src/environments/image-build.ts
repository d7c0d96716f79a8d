import { type Operation, type OperationState } from '@farled/contract';

import { sentence } from '../dialects/sentence.ts';

/** azureml-core goes on asking while it is «Queued» or «Running». */
const STATUS: Readonly<Record<OperationState, string>> = {
  NotStarted: 'Queued',
  Running: 'Running',
  Succeeded: 'Succeeded',
  Failed: 'Failed',
  Cancelled: 'Cancelled',
  TimedOut: 'Failed',
};

/** @param logUrl is read without a token. */
export function toWireImageBuild({ state, error }: Operation, logUrl: string) {
  return {
    status: STATUS[state],
    logUrl,
    logPath: logUrl,
    error: error === null ? null : { code: error.code, message: sentence(error) },
  };
}
