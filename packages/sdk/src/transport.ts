/** One HTTP exchange with a server: what to send, and what its answer means. The only reader of error bodies. */
import { ErrorBody, errorFromWire, FarledError } from '@farled/contract';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface Exchange {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: NonNullable<RequestInit['body']>;
  /** Milliseconds until the answer's head must be there; none for uploads and downloads. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends a request and returns the answer's head.
 *
 * @throws FarledError ConnectionFailed or Timeout; the signal's own reason when the caller aborted.
 */
export async function exchange(fetch: Fetch, request: Exchange): Promise<Response> {
  const deadline = request.timeoutMs === undefined ? undefined : AbortSignal.timeout(request.timeoutMs);
  const signals = [request.signal, deadline].filter((signal) => signal !== undefined);
  try {
    return await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      redirect: 'error',
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) }),
    });
  } catch (error) {
    request.signal?.throwIfAborted();
    if (deadline?.aborted === true) {
      throw new FarledError('Timeout', `${origin(request.url)} did not answer within ${request.timeoutMs} ms.`, {
        suggestion: 'Look at the log of the server, or try again.',
        cause: error,
      });
    }
    throw connectionFailed(request.url, error);
  }
}

/** The error that an answer outside the success statuses describes. */
export async function errorFromResponse(response: Response, url: string): Promise<FarledError> {
  const text = await response.text().catch(() => '');
  const body = ErrorBody.safeParse(parseJson(text));
  if (body.success) {
    return errorFromWire(body.data);
  }
  return new FarledError(
    response.status === 503 ? 'Unavailable' : response.status === 504 ? 'Timeout' : 'ConnectionFailed',
    `${origin(url)} answered ${response.status}, which is not an answer of Farled.`,
    { suggestion: 'Check that FARLED_URL is the address of a Farled server.' },
  );
}

/** Milliseconds that the server asked to wait, from a Retry-After in seconds. */
export function retryAfterMs(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function origin(url: string): string {
  return URL.parse(url)?.origin ?? url;
}

function connectionFailed(url: string, error: unknown): FarledError {
  const why = causes(error).at(-1) ?? 'the connection failed';
  return new FarledError('ConnectionFailed', `No Farled server can be reached at ${origin(url)}: ${why}.`, {
    suggestion: 'Start one with `npm start`, or set FARLED_URL (and FARLED_TOKEN) to the address of a running one.',
    cause: error,
  });
}

function causes(error: unknown): string[] {
  if (!(error instanceof Error)) {
    return [];
  }
  const code = (error as { code?: unknown }).code;
  const text = error.message === '' ? (typeof code === 'string' ? code : error.name) : error.message;
  return [text, ...causes(error.cause)];
}
