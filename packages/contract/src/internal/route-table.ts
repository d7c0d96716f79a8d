/**
 * What the router knows of the world: pushed to it whole by the controller, kept by it on disk, so that it goes on
 * serving while nothing else runs.
 */
import { z } from 'zod';

import { LatencyCounts, NO_LATENCIES } from './latency.ts';

export const ReplicaAddress = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('unix'), path: z.string() }),
  z.object({ kind: z.literal('tcp'), host: z.string(), port: z.int().min(1).max(65_535) }),
]);
export type ReplicaAddress = z.infer<typeof ReplicaAddress>;

/** Who signs the tokens of services, and how. */
export const SERVICE_TOKENS = { issuer: 'farled', algorithm: 'ES256' } as const;

/** The public half of a key that tokens are signed with, as a JWK. */
export const TokenKey = z.object({
  kid: z.string(),
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
});
export type TokenKey = z.infer<typeof TokenKey>;

/** All that is needed to tell whether a token is right, without asking anyone. */
export const TokenCheck = z.object({
  issuer: z.string(),
  /** UUID of the service: a later service of its name has another. */
  audience: z.string(),
  /** Seconds since 1970: tokens that were issued before are refused. */
  notBefore: z.int(),
  keys: z.array(TokenKey),
});
export type TokenCheck = z.infer<typeof TokenCheck>;

export const ServiceRoute = z.object({
  /** The name in `/api/v1/service/<name>/score`. */
  name: z.string(),
  /** Name of the workspace, for logs and explanations. */
  workspace: z.string(),
  /** Hexadecimal SHA-256 of each key that is let in, of which there may be none; null when the service is open to all. */
  keyDigests: z.array(z.string()).nullable(),
  /** Which tokens are let in beside the keys; null: none. */
  tokens: TokenCheck.nullable().default(null),
  /** Slots of one replica. */
  maxConcurrentRequestsPerContainer: z.int(),
  maxQueueWaitMs: z.int(),
  scoringTimeoutMs: z.int(),
  /** Those that are to get requests; one that left the list finishes what it has. */
  replicas: z.array(z.object({ id: z.string(), revision: z.string(), address: ReplicaAddress })),
  desiredReplicas: z.int(),
  /** One sentence for refusals: why there are as many replicas as there are. */
  scaling: z.string(),
});
export type ServiceRoute = z.infer<typeof ServiceRoute>;

/** A name whose requests go to one of several services: its versions. */
export const EndpointRoute = ServiceRoute.pick({ name: true, workspace: true, keyDigests: true, tokens: true }).extend({
  versions: z.array(
    z.object({
      /** What users call the version; said in headers. */
      name: z.string().regex(/^[!-~]{1,100}$/),
      /** The name of the service that it is; one that is not in the table gets nothing. */
      service: z.string(),
      /** From 0 to 100. */
      trafficPercentile: z.number(),
    }),
  ),
  /** The version that gets what is allocated to none. */
  defaultVersion: z.string(),
  /** Requests with the same value in this header, in lower case here, go to the same version; null: each is drawn anew. */
  stickyHeader: z.string().nullable(),
  /** The version that gets copies of so many percent of the requests; its answers are compared, counted and dropped. */
  mirror: z.object({ version: z.string(), percentile: z.number() }).nullable(),
});
export type EndpointRoute = z.infer<typeof EndpointRoute>;

export const RouteTable = z.object({
  /** Grows with every change; a router ignores a table older than its own. */
  generation: z.int(),
  services: z.array(ServiceRoute),
  endpoints: z.array(EndpointRoute).default([]),
});
export type RouteTable = z.infer<typeof RouteTable>;

/**
 * Header in which a request may name the version of an endpoint that is to answer it, and in which every answer of one
 * says which it was. The name that the v2 API gives it.
 */
export const VERSION_HEADER = 'azureml-model-deployment';

/** Header in which a client may say how many milliseconds it waits for its answer. */
export const CLIENT_TIMEOUT_HEADER = 'x-request-timeout-ms';

/** Paths of the router's control socket (HTTP over a Unix socket that only its owner can open). */
export const ROUTER_CONTROL = {
  /** PUT a RouteTable: answered 204 once every request that comes in uses it. */
  table: '/table',
  /** GET a RouterStatistics. */
  statistics: '/statistics',
  /** POST: stop listening, finish what was accepted, exit. */
  drain: '/drain',
  /** POST a path for the control socket of a successor, which takes connections from the same listening socket. */
  succeed: '/succeed',
  /** POST: as drain, but idle connections may be used for as long as their clients were told. */
  leave: '/leave',
} as const;

/** Totals since the router started. accepted = answered + refused + failed + in flight + queued. */
const Totals = z.object({
  accepted: z.int(),
  answered: z.int(),
  refused: z.int(),
  failed: z.int(),
  /** Of the answered and failed: those with a 5xx of the script, a 502 for a replica that ended, or a 504. */
  errors: z.int().default(0),
  /** Of the answered and those with a 504: from the slot that the request got to the last byte of the answer. */
  latency: LatencyCounts.default(NO_LATENCIES),
});

/** What became of the copies that a mirror version was to get, since the router started. */
export const MirrorStatistics = z.object({
  version: z.string(),
  /** Answered as the request itself was: with the same status and the same bytes. */
  same: z.int(),
  different: z.int(),
  /** The copy was not answered. */
  failed: z.int(),
  /** No copy was made, for want of a free slot or because the body was too large; or the request itself got no answer. */
  skipped: z.int(),
  /** The latest that differed, the last one last. */
  differences: z.array(
    z.object({
      requestId: z.string(),
      /** ISO 8601. */
      at: z.string(),
      status: z.int(),
      mirrorStatus: z.int(),
      /** Of the bodies. */
      bytes: z.int(),
      mirrorBytes: z.int(),
    }),
  ),
});
export type MirrorStatistics = z.infer<typeof MirrorStatistics>;

export const RouterStatistics = z.object({
  /** Of this run of the router: another id, and its totals begin at zero. */
  id: z.string().default(''),
  /** Milliseconds since the epoch. */
  startedAt: z.int().default(0),
  pid: z.int(),
  generation: z.int(),
  /** Where scoring requests are taken. */
  listening: z.object({ host: z.string(), port: z.int() }),
  services: z.array(
    Totals.extend({
      name: z.string(),
      queued: z.int(),
      inFlight: z.int(),
      /** Copies of mirrored requests that are being answered, which are in none of the totals. */
      copies: z.int().default(0),
      /** Of the refused: those that could not have come in time, which were told at once. */
      refusedAtOnce: z.int().default(0),
      /** How often a replica was given nothing for a while, because requests failed on it alone. */
      ejections: z.int().default(0),
      replicas: z.array(
        z.object({
          id: z.string(),
          /** With its copies. */
          inFlight: z.int(),
          /** It gets nothing for now. */
          isEjected: z.boolean().default(false),
        }),
      ),
    }),
  ),
  /** Totals of all versions that an endpoint has or had; those of one version are those of its service. */
  endpoints: z
    .array(
      Totals.extend({
        name: z.string(),
        versions: z.array(z.object({ name: z.string(), service: z.string() })),
        mirror: MirrorStatistics.nullable(),
      }),
    )
    .default([]),
});
export type RouterStatistics = z.infer<typeof RouterStatistics>;
