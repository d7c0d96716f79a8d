/** What the API server refused, or why it could not be asked. */

/** A reason of the API server's Status, or one of ours: that no answer came, or one that is not of this API. */
export type KubernetesErrorCode =
  | 'Unreachable'
  | 'TimedOut'
  | 'NotUnderstood'
  | 'AlreadyExists'
  | 'BadRequest'
  | 'Conflict'
  | 'Expired'
  | 'Forbidden'
  | 'Gone'
  | 'InternalError'
  | 'Invalid'
  | 'MethodNotAllowed'
  | 'NotFound'
  | 'ServerTimeout'
  | 'ServiceUnavailable'
  | 'Timeout'
  | 'TooManyRequests'
  | 'Unauthorized'
  | (string & {});

/** What the API server's Status says beyond its message. */
export interface KubernetesErrorDetails {
  readonly kind?: string | undefined;
  readonly name?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly causes: readonly { readonly reason?: string; readonly field?: string; readonly message?: string }[];
}

export interface KubernetesErrorOptions {
  /** HTTP status of the answer; null when there was none. */
  readonly status?: number | null;
  readonly details?: KubernetesErrorDetails | undefined;
  /** What to do about it, as one sentence. */
  readonly suggestion?: string | undefined;
  readonly cause?: unknown;
}

export class KubernetesError extends Error {
  readonly code: KubernetesErrorCode;
  readonly status: number | null;
  readonly details: KubernetesErrorDetails;
  readonly suggestion: string | undefined;

  constructor(code: KubernetesErrorCode, message: string, options: KubernetesErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'KubernetesError';
    this.code = code;
    this.status = options.status ?? null;
    this.details = options.details ?? { causes: [] };
    this.suggestion = options.suggestion;
  }
}

/** Whether an error is the API server's, with one of these reasons when some are named. */
export function isKubernetesError(error: unknown, ...codes: readonly KubernetesErrorCode[]): error is KubernetesError {
  return error instanceof KubernetesError && (codes.length === 0 || codes.includes(error.code));
}
