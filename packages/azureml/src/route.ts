/** A route of the compatible API is a value: the application registers it, docs/compatibility.md lists it. */
import type { IncomingHttpHeaders } from 'node:http';

import type { Need, WorkspaceReference } from '@farled/contract';
import type { AdmittedCaller } from '@farled/identity';

import type { CompatibleAnswer } from './answer.ts';
import type { Dialect } from './dialects/dialect.ts';

/** How far a route does what the original does. */
export type Support =
  | { readonly kind: 'supported' }
  /** `why` is a sentence for who reads the documentation. */
  | { readonly kind: 'differs' | 'refused'; readonly why: string };

export const SUPPORTED: Support = { kind: 'supported' };

export interface CompatibleRoute {
  /** Of the wire contract: «E4». */
  readonly row: string;
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** With `:name` parameters; `*` stands for the rest. Compared without regard to case and to doubled slashes. */
  readonly path: string;
  /** What of azureml-core sends it. */
  readonly client: string;
  readonly support: Support;
  /** How failures are told. */
  readonly dialect: Dialect;
  /** Null for the few that answer everybody. */
  readonly need: Need | null;
  /** What the body is; JSON when not said. */
  readonly body?: 'json' | 'form' | 'bytes';
  readonly answer: (request: CompatibleRequest) => Promise<CompatibleAnswer>;
}

export interface CompatibleRequest {
  /** Decoded; the rest of the path is called `*`. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON; the fields of a form as a record of texts; bytes as an AsyncIterable of Uint8Array. */
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
  /** @throws FarledError BadArgument for a name that none can have. Of routes whose path names a workspace. */
  readonly workspace: WorkspaceReference;
  /** Null where nobody has to say who they are. */
  readonly caller: AdmittedCaller | null;
  /** Of who sent it. */
  readonly remoteAddress: string;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
}

/** `{S}` of the wire contract. */
export const SCOPE =
  '/subscriptions/:subscriptionId/resourceGroups/:resourceGroup/providers/Microsoft.MachineLearningServices/workspaces/:workspace';
/** `{mms}` of the wire contract. */
export const MODEL_MANAGEMENT = `/modelmanagement/v1.0${SCOPE}`;
