/** The ids that a request has, in what came and in what goes back. anchors: azureml-inference-server-http, tracing. */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const LONGEST = 100;
const NAMES = ['x-request-id', 'x-ms-request-id', 'x-ms-client-request-id'] as const;

export type Headers = Record<string, string>;

/** Headers of the answer, and the name of an id that is too long. */
export function requestIds(headers: IncomingHttpHeaders): {
  readonly answer: Headers;
  readonly tooLong: string | null;
} {
  const given = Object.fromEntries(NAMES.map((name) => [name, single(headers[name])])) as Record<
    (typeof NAMES)[number],
    string | undefined
  >;
  const tooLong = NAMES.find((name) => (given[name]?.length ?? 0) > LONGEST) ?? null;
  const own = given['x-ms-request-id'] ?? given['x-ms-client-request-id'];
  const client = given['x-ms-client-request-id'] ?? given['x-ms-request-id'];
  const trace = single(headers['traceid']);
  const answer = {
    'x-request-id': given['x-request-id'] ?? randomUUID(),
    ...(own === undefined ? {} : { 'x-ms-request-id': own }),
    ...(client === undefined ? {} : { 'x-ms-client-request-id': client }),
    ...(trace === undefined ? {} : { TraceId: trace }),
  };
  return {
    tooLong,
    answer: Object.fromEntries(Object.entries(answer).filter(([, value]) => value.length <= LONGEST && value !== '')),
  };
}

function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.join(',');
}
