/** The client of one cluster's API server, over HTTP. */
import type { Clock, Logger } from '@farled/service';

import { collectionPath, describeCollection, describeObject, objectPath } from './address.ts';
import { isAbsent } from './answer-error.ts';
import type { Call } from './call.ts';
import type { KubernetesClient, ListOptions, ObjectKey } from './client.ts';
import type { Connection } from './connection.ts';
import type { Kind } from './kinds.ts';
import { listPages } from './list-pages.ts';
import { readLog } from './log.ts';
import type { KubernetesObject } from './objects.ts';
import { missingPermissions } from './permissions.ts';
import { createRequester } from './requester.ts';
import { openTransport } from './transport.ts';
import { readVersion } from './version.ts';
import { openWatch } from './watch-stream.ts';

export interface ConnectOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** How long one attempt of a call may take, 30 s; logs and watches may take any time. */
  readonly attemptMs?: number;
  /** How long a call may take with all its attempts, 60 s. */
  readonly totalMs?: number;
  /** In [0, 1), for the spread of repeated calls. */
  readonly random?: () => number;
}

const FIELD_MANAGER = 'farled';
const JSON_TYPE = 'application/json';

/** @throws FarledError BadArgument when the connection would send its credential in clear. */
export function connectKubernetes(connection: Connection, options: ConnectOptions): KubernetesClient {
  const { clock, log, attemptMs = 30_000, totalMs = 60_000, random = Math.random } = options;
  const transport = openTransport(connection, { clock });
  const requester = createRequester({ transport, clock, log, random, attemptMs, totalMs });
  return {
    server: connection.server,
    version: (signal) => readVersion(requester, signal),
    async get<Read extends KubernetesObject>(kind: Kind<Read>, key: ObjectKey, signal: AbortSignal) {
      try {
        return (await requester.json(onObject('get', 'GET', kind, key), signal)) as Read;
      } catch (error) {
        if (isAbsent(error)) {
          return undefined;
        }
        throw error;
      }
    },
    async list<Read extends KubernetesObject>(kind: Kind<Read>, listOptions: ListOptions, signal: AbortSignal) {
      return (await listPages(requester, listing(kind, listOptions), (item) => whole(kind, item), signal)).items;
    },
    listAt: (kind, listOptions, keep, signal) =>
      listPages(requester, listing(kind, listOptions), (item) => keep(whole(kind, item)), signal),
    watch: (kind, { resourceVersion, timeoutSeconds, ...listOptions }, signal) => {
      const { query, ...call } = listing(kind, listOptions);
      const watching = { watch: true, allowWatchBookmarks: true, resourceVersion, timeoutSeconds };
      return openWatch(
        { requester, clock },
        { ...call, verb: 'watch', query: { ...query, ...watching } },
        timeoutSeconds,
        signal,
      );
    },
    apply: (kind, object, signal) =>
      written(
        requester.json(
          {
            ...onObject('apply', 'PATCH', kind, object.metadata),
            query: { fieldManager: FIELD_MANAGER, force: true },
            // JSON is YAML.
            body: { type: 'application/apply-patch+yaml', value: object },
          },
          signal,
        ),
      ),
    create: (kind, object, signal) =>
      written(
        requester.json(
          {
            ...onObject('create', 'POST', kind, object.metadata),
            path: collectionPath(kind, object.metadata.namespace),
            query: { fieldManager: FIELD_MANAGER },
            body: { type: JSON_TYPE, value: object },
            repeatable: false,
          },
          signal,
        ),
      ),
    replace: (kind, object, signal) =>
      written(
        requester.json(
          {
            ...onObject('replace', 'PUT', kind, object.metadata),
            query: { fieldManager: FIELD_MANAGER },
            body: { type: JSON_TYPE, value: object },
            // Done twice it conflicts with itself.
            repeatable: object.metadata.resourceVersion === undefined,
          },
          signal,
        ),
      ),
    patch: (kind, key, change, signal, subresource) =>
      written(
        requester.json(
          {
            ...onObject('patch', 'PATCH', kind, key),
            path: objectPath(kind, key, subresource),
            query: { fieldManager: FIELD_MANAGER },
            body: { type: 'application/merge-patch+json', value: change },
          },
          signal,
        ),
      ),
    async delete(kind, key, signal, how = {}) {
      const body = { type: JSON_TYPE, value: { propagationPolicy: 'Background', ...how } };
      try {
        await requester.json({ ...onObject('delete', 'DELETE', kind, key), body }, signal);
      } catch (error) {
        if (!isAbsent(error)) {
          throw error;
        }
      }
    },
    logs: (pod, logOptions, signal) => readLog(requester, pod, logOptions, signal),
    missing: (permissions, signal) => missingPermissions(requester, permissions, signal),
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

function onObject(verb: string, method: Call['method'], kind: Kind, key: ObjectKey): Call {
  return {
    verb,
    subject: describeObject(kind, key),
    method,
    path: objectPath(kind, key),
    repeatable: true,
    secret: kind.plural === 'secrets',
  };
}

function listing(kind: Kind, { namespace, labelSelector, fieldSelector }: ListOptions): Call {
  return {
    verb: 'list',
    subject: describeCollection(kind, namespace),
    method: 'GET',
    path: collectionPath(kind, namespace),
    query: { labelSelector, fieldSelector },
    repeatable: true,
  };
}

/** Items of lists come without what is the same for all. */
function whole<Read extends KubernetesObject>(kind: Kind<Read>, item: unknown): Read {
  return { apiVersion: kind.apiVersion, kind: kind.kind, ...(item as object) } as Read;
}

async function written<Read extends KubernetesObject>(answer: Promise<unknown>): Promise<Read> {
  return (await answer) as Read;
}
