/** The ids that a request has, in what came and in what goes back. anchors: azureml-inference-server-http, tracing. */
import { randomUUID } from 'node:crypto';

import type { Fields } from './fields.ts';

const LONGEST = 100;

/** Of an answer: names and values. */
export type Headers = Record<string, string>;

/** Headers of the answer, and what is wrong with an id that is too long. */
export function requestIds(fields: Fields): {
  readonly answer: Headers;
  readonly tooLong: string | null;
} {
  const answer: Headers = {};
  const trace = fields.get('traceid');
  if (trace !== undefined) {
    answer['TraceId'] = trace;
  }
  // One that is there and empty is not replaced.
  const id = fields.get('x-request-id') ?? randomUUID();
  if (id.length > LONGEST) {
    return { answer, tooLong: `x-request-id must not exceed ${LONGEST} characters` };
  }
  add(answer, 'x-request-id', id);
  // The older name of the client's own id; each stands for the other where one is missing.
  const legacy = fields.get('x-ms-request-id') ?? '';
  const client = fields.get('x-ms-client-request-id') ?? '';
  if (legacy.length > LONGEST || client.length > LONGEST) {
    return { answer, tooLong: `x-ms-request-id and x-ms-client-request-id must not exceed ${LONGEST} characters` };
  }
  add(answer, 'x-ms-request-id', legacy || client || id);
  add(answer, 'x-ms-client-request-id', client || legacy);
  return { answer, tooLong: null };
}

function add(answer: Headers, name: string, value: string): void {
  if (value !== '') {
    answer[name] = value;
  }
}
