/** One scoring request to a service, and what its answer means. */
import { FarledError, type ErrorCode, type Service, type ServiceSettings } from '@farled/contract';

import type { Fetch } from './transport.ts';
import { exchange, parseJson } from './transport.ts';

export interface ScoreRequest {
  readonly service: Pick<Service, 'name' | 'scoringUri'> & {
    readonly settings: Pick<ServiceSettings, 'scoringTimeoutMs' | 'maxQueueWaitMs'>;
  };
  /** Command that shows what the replicas wrote. */
  readonly logs: string;
  /** A key or a token; absent when the service wants no authentication. */
  readonly credential: string | undefined;
  /** Text and bytes go as they are, anything else as JSON. */
  readonly input: unknown;
  readonly fetch: Fetch;
  readonly signal?: AbortSignal | undefined;
}

/** Time for the way there and back, beyond what the service itself may take. */
const MARGIN_MS = 10_000;

/** The answer: parsed when it is JSON, as text otherwise. @throws FarledError with the status and the text. */
export async function score({ service, logs, credential, input, fetch, signal }: ScoreRequest): Promise<unknown> {
  if (service.scoringUri === '') {
    throw new FarledError('Unavailable', `The service "${service.name}" has no scoring address yet.`, {
      suggestion: 'Wait until the router of its compute target has one: `farled computetarget show` has scoringUrl.',
    });
  }
  const response = await exchange(fetch, {
    url: service.scoringUri,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
    },
    body: typeof input === 'string' || input instanceof Uint8Array ? (input as string) : JSON.stringify(input),
    timeoutMs: service.settings.scoringTimeoutMs + service.settings.maxQueueWaitMs + MARGIN_MS,
    signal,
  });
  const text = await response.text();
  const parsed = parseJson(text);
  if (response.ok) {
    return parsed === undefined ? text : parsed;
  }
  const requestId = response.headers.get('x-ms-request-id') ?? response.headers.get('x-request-id');
  throw new FarledError(
    codeOf(response.status),
    `The service "${service.name}" answered ${response.status}: ${messageOf(parsed) ?? text.slice(0, 2000)}`,
    {
      suggestion: `\`${logs}\` shows what its replicas wrote${requestId === null ? '' : `; the request's id is ${requestId}`}.`,
    },
  );
}

function messageOf(body: unknown): string | undefined {
  const message = (body as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : undefined;
}

const CODES: Readonly<Record<number, ErrorCode>> = {
  401: 'Unauthorized',
  404: 'ServiceNotFound',
  405: 'MethodNotAllowed',
  413: 'PayloadTooLarge',
  415: 'UnsupportedMediaType',
  503: 'Unavailable',
  504: 'Timeout',
};

function codeOf(status: number): ErrorCode {
  return CODES[status] ?? (status < 500 ? 'BadArgument' : 'InternalError');
}
