import type { Operation, OperationState } from '@farled/contract';

import { sentence } from '../dialects/sentence.ts';

const STATUS: Readonly<Record<OperationState, string>> = {
  NotStarted: 'InProgress',
  Running: 'InProgress',
  Succeeded: 'Succeeded',
  Failed: 'Failed',
  Cancelled: 'Canceled',
  TimedOut: 'Failed',
};

/** The client shows `statusCode` and `message` of an error that has both. */
export function toWireComputeOperation({ id, state, error, createdTime, endTime }: Operation) {
  return {
    id,
    name: id,
    status: STATUS[state],
    startTime: createdTime,
    ...(endTime === null ? {} : { endTime }),
    ...(error === null
      ? {}
      : {
          error: { code: error.code, statusCode: error.statusCode, message: sentence(error), details: error.details },
        }),
  };
}
