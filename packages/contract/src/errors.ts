/** The closed catalogue of error codes, and the one error class that carries them across processes. */
import { z } from 'zod';

/** Codes that say «the caller did something the server can't do»; a code is API and is never renamed. */
export const CALLER_ERRORS = {
  /** A field is missing, unknown, of the wrong type or out of range; `details` names each. */
  BadArgument: 400,
  /** The body is not JSON, or the request can't be read at all. */
  MalformedRequest: 400,
  /** The bytes received don't have the SHA-256 or the size that was announced. */
  ArtifactDigestMismatch: 400,
  /** The cluster has fewer vCPUs than its purpose needs. */
  ComputeTooSmall: 400,
  /** The cluster does not accept the credential. */
  ClusterCredentialRefused: 400,
  /** The credential may not do what attaching needs; `details` names each action. */
  ClusterPermissionsMissing: 400,
  /** The cluster's version of Kubernetes is older than the oldest that is supported. */
  KubernetesVersionUnsupported: 400,
  /** A document (inferenceconfig.json, deploymentconfig.json, config.json, conda file) can't be used. */
  InvalidDocument: 400,
  /** The kubeconfig can't be used: no such context, no credential in it, a program or a file that it names. */
  KubeconfigUnusable: 400,
  /** A key was asked of a service with token authentication, or a token of one without. */
  AuthenticationKindDiffers: 400,
  /** No bearer token, or one that is not valid. */
  Unauthorized: 401,
  /** The caller is known, and may not do this. */
  Forbidden: 403,
  RouteNotFound: 404,
  WorkspaceNotFound: 404,
  ResourceGroupNotFound: 404,
  ModelNotFound: 404,
  EnvironmentNotFound: 404,
  ComputeNotFound: 404,
  ClusterNotFound: 404,
  ServiceNotFound: 404,
  EndpointNotFound: 404,
  /** The endpoint has no version of that name. */
  VersionNotFound: 404,
  OperationNotFound: 404,
  PackageNotFound: 404,
  ArtifactNotFound: 404,
  IdentityNotFound: 404,
  MethodNotAllowed: 405,
  WorkspaceAlreadyExists: 409,
  WorkspaceNotEmpty: 409,
  ResourceGroupNotEmpty: 409,
  ComputeAlreadyExists: 409,
  ComputeInUse: 409,
  ClusterAlreadyExists: 409,
  /** The cluster is attached to a workspace, which must detach it first. */
  ClusterInUse: 409,
  ServiceAlreadyExists: 409,
  EndpointAlreadyExists: 409,
  VersionAlreadyExists: 409,
  /** No rollout of the endpoint runs. */
  NoRollout: 409,
  /** The version is the endpoint's default one. */
  VersionInUse: 409,
  /** An endpoint has at most six. */
  TooManyVersions: 409,
  /** The version of the environment has another definition: versions are never changed. */
  EnvironmentVersionExists: 409,
  IdentityAlreadyExists: 409,
  /** The router serves one name once; another workspace on this machine has it. */
  ServiceNameTaken: 409,
  /** The file was uploaded under that name before, and files that were uploaded don't change. */
  ArtifactAlreadyUploaded: 409,
  /** A service still uses the model. */
  ModelInUse: 409,
  /** The server has no registry to push images to. */
  NoRegistry: 409,
  /** The service never ran anything else than it does. */
  NothingToRollBackTo: 409,
  /** Another operation on the same resource has not ended. */
  OperationInProgress: 409,
  /** The client-chosen operation id was used for a different request. */
  OperationIdReused: 409,
  PayloadTooLarge: 413,
  UnsupportedMediaType: 415,
  /** Part of the compatible surface that Farled does not have yet. */
  NotSupportedYet: 501,
} as const;

/** Codes that say «the deployment can't work as it was asked for»; they end operations, not requests. */
export const DEPLOYMENT_ERRORS = {
  /** pip, uv or conda mapping could not make the environment. */
  EnvironmentBuildFailed: 400,
  /** The Python version asked for is not on this machine and can't be had. */
  PythonVersionUnavailable: 400,
  /** The layers of a container image could not be made of what they were to be made of. */
  ImageBuildFailed: 400,
  /** The container registry has no image under that name, tag or digest. */
  ImageNotFound: 404,
  /** init() raised; the traceback is in the message. */
  UserScriptInitFailed: 400,
  /** The entry script could not be imported. */
  UserScriptImportError: 400,
  /** The entry script has no init() or no run(). */
  UserScriptFunctionNotFound: 400,
  /** The replica exits again and again for another reason than the script's own error. */
  DeploymentCrashLoopBackOff: 400,
  /** The replica used more memory than its limit and was ended. */
  ReplicaOutOfMemory: 400,
  /** The compute target has no room for the replicas. */
  Unschedulable: 400,
  /** The cluster can't get the image of the replicas from its registry. */
  ImagePullLoopBackOff: 400,
  /** A resource quota of the namespace does not let the replicas be. */
  OutOfQuota: 400,
  /** The rules of the cluster (Pod Security, limit ranges, admission webhooks) or of Kubernetes don't let the replicas be. */
  InvalidDeploymentSpec: 400,
  /** The Kubernetes namespace that the service is to be in does not exist, or is being deleted. */
  NamespaceNotFound: 404,
  /** The cluster has an object of the name that one of the service's would have, and Farled did not make it. */
  KubernetesObjectTaken: 409,
  /** The version did worse than the control; the message has the numbers. */
  RolledBack: 409,
  OperationCancelled: 409,
  /** The container registry can't be reached, refuses the credentials, or answers what no registry may. */
  RegistryUnavailable: 502,
  /** The deployment did not become healthy in the time it was given. */
  DeploymentTimedOut: 504,
} as const;

/** Codes that say «we failed». */
export const SYSTEM_ERRORS = {
  InternalError: 500,
  /** The server answered something that is not of this API, or can't be reached. */
  ConnectionFailed: 502,
  /** The API server of a Kubernetes cluster can't be reached, or doesn't let us in. */
  KubernetesUnaccessible: 502,
  Unavailable: 503,
  Timeout: 504,
} as const;

export const ERRORS = { ...CALLER_ERRORS, ...DEPLOYMENT_ERRORS, ...SYSTEM_ERRORS } as const;

export type ErrorCode = keyof typeof ERRORS;

export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

/** One fault among several: which field (a dotted path), and what is wrong with it. */
export interface ErrorDetail {
  readonly code: string;
  readonly message: string;
  readonly target?: string;
}

/** The error body of every route: `{code, statusCode, message, details[]}`, as Azure ML's. */
export const ErrorBody = z
  .object({
    code: z.string(),
    statusCode: z.int(),
    message: z.string(),
    suggestion: z.string().optional(),
    details: z.array(z.object({ code: z.string(), message: z.string(), target: z.string().optional() })),
  })
  .meta({ id: 'ErrorBody', description: 'What happened, which value, what to do.' });
export type ErrorBody = z.infer<typeof ErrorBody>;

export interface FarledErrorOptions {
  /** What to do about it, as one sentence. */
  readonly suggestion?: string;
  readonly details?: readonly ErrorDetail[];
  readonly cause?: unknown;
}

const brand: unique symbol = Symbol.for('farled.error');

/**
 * Every failure that a person is meant to read.
 *
 * The message says what happened and names the value; `suggestion` says what to do. Recognise it with
 * {@link isFarledError}, which also knows instances made by another copy of this package.
 */
export class FarledError extends Error {
  readonly [brand] = true;
  readonly code: ErrorCode;
  readonly statusCode: number;
  readonly suggestion: string | undefined;
  readonly details: readonly ErrorDetail[];

  constructor(code: ErrorCode, message: string, options: FarledErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = code;
    this.code = code;
    this.statusCode = ERRORS[code];
    this.suggestion = options.suggestion;
    this.details = options.details ?? [];
  }
}

export function isFarledError(value: unknown): value is FarledError {
  return typeof value === 'object' && value !== null && brand in value;
}

/** The body to send for an error; anything that is not a FarledError becomes a plain InternalError without its text. */
export function errorToWire(error: unknown): ErrorBody {
  if (!isFarledError(error)) {
    return {
      code: 'InternalError',
      statusCode: ERRORS.InternalError,
      message: 'The server failed to answer this request. The cause is in its log.',
      details: [],
    };
  }
  return {
    code: error.code,
    statusCode: error.statusCode,
    message: error.message,
    ...(error.suggestion === undefined ? {} : { suggestion: error.suggestion }),
    details: error.details.map((detail) => ({ ...detail })),
  };
}

/** The error that a body describes. An unknown code (a newer server's) keeps its text under the nearest class we know. */
export function errorFromWire(body: ErrorBody): FarledError {
  const known = body.code in ERRORS;
  const code = known ? (body.code as ErrorCode) : body.statusCode < 500 ? 'BadArgument' : 'InternalError';
  return new FarledError(code, known ? body.message : `${body.code}: ${body.message}`, {
    ...(body.suggestion === undefined ? {} : { suggestion: body.suggestion }),
    details: body.details.map(({ target, ...rest }) => (target === undefined ? rest : { ...rest, target })),
  });
}

/** The faults of a zod check as details, one each, with the field's dotted path as target. */
export function detailsFromIssues(
  issues: readonly z.core.$ZodIssue[],
  prefix: readonly PropertyKey[] = [],
): ErrorDetail[] {
  return issues.map((issue) => {
    const path = [...prefix, ...issue.path].map(String).join('.');
    const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
    return { code: issue.code, message, ...(path === '' ? {} : { target: path }) };
  });
}

/** Parses a value, or throws BadArgument with every fault named. `what` starts the sentence: «The request body». */
export function parseOrThrow<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) {
    return result.data;
  }
  const details = detailsFromIssues(result.error.issues);
  const listed = details.map((detail) =>
    detail.target === undefined ? detail.message : `${detail.target}: ${detail.message}`,
  );
  throw new FarledError('BadArgument', `${what} is not valid: ${listed.join('; ')}.`, { details });
}
