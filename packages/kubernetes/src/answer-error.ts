/** The error that an answer of the API server stands for. */
import { z } from 'zod';

import type { Call } from './call.ts';
import { KubernetesError } from './error.ts';
import type { KubernetesErrorCode, KubernetesErrorDetails } from './error.ts';

/** Source: meta/v1 Status. */
const Status = z.object({
  kind: z.literal('Status'),
  message: z.string().optional(),
  reason: z.string().optional(),
  code: z.int().optional(),
  details: z
    .object({
      kind: z.string().optional(),
      name: z.string().optional(),
      retryAfterSeconds: z.int().optional(),
      causes: z
        .array(z.object({ reason: z.string(), field: z.string(), message: z.string() }).partial())
        .nullish()
        .transform((causes) => causes ?? []),
    })
    .optional(),
});

const CODE_OF_STATUS: Readonly<Record<number, KubernetesErrorCode>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  410: 'Expired',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

const SUGGESTIONS: Readonly<Record<string, string>> = {
  Unauthorized: 'The credential is not valid, or not any more: attach the cluster with a new kubeconfig.',
  Forbidden: 'Give the role of this credential the permission that the message names.',
};

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | undefined;
}

/** For `call` answered with anything but success. */
export function answerError(call: Call, { status, text, retryAfter }: Answer): KubernetesError {
  const body = Status.safeParse(parseJson(text));
  if (!body.success) {
    return notAStatus(call, status, retryAfter);
  }
  return statusError(call, body.data, status, secondsIn(retryAfter));
}

/** For an ERROR event of a watch, whose object is a Status. */
export function watchError(call: Call, object: unknown): KubernetesError {
  const body = Status.safeParse(object);
  return body.success
    ? statusError(call, body.data, body.data.code ?? 500, undefined)
    : new KubernetesError('NotUnderstood', `${opening(call)}: the watch ended with an error that is not a Status.`);
}

/** Whether what was asked for is not there: an object that the API server knows nothing of, but whose kind it serves. */
export function isAbsent(error: unknown): boolean {
  return error instanceof KubernetesError && error.code === 'NotFound' && error.details.name !== undefined;
}

export function opening(call: Pick<Call, 'verb' | 'subject'>): string {
  return `Could not ${call.verb} ${call.subject}`;
}

function statusError(
  call: Call,
  body: z.output<typeof Status>,
  status: number,
  headerSeconds: number | undefined,
): KubernetesError {
  const code =
    body.reason === undefined || body.reason === '' ? (CODE_OF_STATUS[status] ?? 'InternalError') : body.reason;
  const wait = headerSeconds ?? body.details?.retryAfterSeconds;
  const details: KubernetesErrorDetails = {
    kind: body.details?.kind,
    name: body.details?.name,
    causes: call.secret === true ? [] : (body.details?.causes ?? []).map((cause) => withoutUndefined(cause)),
    ...(wait === undefined ? {} : { retryAfterSeconds: wait }),
  };
  const said = body.message ?? code;
  const message = `${opening(call)}: ${call.secret === true ? withoutQuotes(said) : said} (${status} ${code})`;
  return new KubernetesError(code, message, { status, details, suggestion: SUGGESTIONS[code] });
}

function notAStatus(call: Call, status: number, retryAfter: string | undefined): KubernetesError {
  const code = CODE_OF_STATUS[status] ?? (status >= 500 ? 'ServiceUnavailable' : 'NotUnderstood');
  const seconds = secondsIn(retryAfter);
  return new KubernetesError(
    code,
    status === 404
      ? `${opening(call)}: the server does not know the path ${call.path} (404).`
      : `${opening(call)}: the server answered ${status} without the Status that a Kubernetes API server gives.`,
    {
      status,
      details: { causes: [], ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }) },
      suggestion:
        SUGGESTIONS[code] ??
        'Check that the address is that of a Kubernetes API server, and what stands in front of it.',
    },
  );
}

/** Only seconds: the API server writes no dates. */
function secondsIn(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : undefined;
}

function withoutQuotes(message: string): string {
  return message.replaceAll(/"(?:[^"\\]|\\.)*"/g, '[hidden]');
}

function withoutUndefined(cause: {
  readonly reason?: string | undefined;
  readonly field?: string | undefined;
  readonly message?: string | undefined;
}): KubernetesErrorDetails['causes'][number] {
  return {
    ...(cause.reason === undefined ? {} : { reason: cause.reason }),
    ...(cause.field === undefined ? {} : { field: cause.field }),
    ...(cause.message === undefined ? {} : { message: cause.message }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
