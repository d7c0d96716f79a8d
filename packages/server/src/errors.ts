/** The one place where failures become answers. */
import { type ErrorBody, type ErrorCode, errorToWire, FarledError, isFarledError } from '@farled/contract';

/** Fastify's faults that have a code of their own in the catalogue; its other 4xx are malformed requests. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UnsupportedMediaType',
  FST_ERR_CTP_BODY_TOO_LARGE: 'PayloadTooLarge',
};
const SUGGESTIONS: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Send JSON with the header "Content-Type: application/json".',
  FST_ERR_CTP_BODY_TOO_LARGE: 'Upload files as artifacts; a request body carries only what describes them.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'Send one JSON document in UTF-8.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'Send a JSON document, or leave the Content-Type header out.',
};

interface HttpError {
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly message?: unknown;
}

/** The body to answer with; one of InternalError is for an error that was not foreseen and belongs in the log. */
export function toErrorBody(error: unknown): ErrorBody {
  if (isFarledError(error)) {
    return errorToWire(error);
  }
  const { code, statusCode, message } = error as HttpError;
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode >= 500) {
    return errorToWire(error);
  }
  const key = String(code);
  const suggestion = SUGGESTIONS[key];
  return errorToWire(
    new FarledError(
      CODES[key] ?? 'MalformedRequest',
      `The request can't be read: ${String(message)}.`.replace('..', '.'),
      suggestion === undefined ? {} : { suggestion },
    ),
  );
}
