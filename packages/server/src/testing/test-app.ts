/** The application on a real record and real artifacts, for tests. Nothing carries operations on: tests do that. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { PREFIX, ScalingDecision } from '@farled/contract';
import { type AccessTokens, accessTokens, openCallers, openSigningKeys, serviceTokens } from '@farled/identity';
import { type Logger, silentLogger, systemClock } from '@farled/service';
import { type ArtifactStore, openDirectoryArtifacts, openState, type State } from '@farled/state';

import { buildApp } from '../app.ts';
import { testClusters, type TestClusters } from './test-clusters.ts';

/** What the autoscaler decided, of any service. */
export const DECISIONS = ['scaled', 'refusedMore'].map((outcome, index) =>
  ScalingDecision.parse({
    at: `2026-01-01T00:00:0${index}.000Z`,
    outcome,
    busy: 2,
    queued: index,
    isComplete: true,
    replicas: 1 + index,
    desired: 2,
    settings: {
      minReplicas: 1,
      maxReplicas: 2,
      targetUtilization: 70,
      refreshPeriodInSeconds: 1,
      maxConcurrentRequestsPerContainer: 1,
    },
    because: 'a test says so',
  }),
);

const TOKEN = 'owner-token-of-a-test';
export const WORKSPACE = '/subscriptions/sub/resourceGroups/rg/workspaces/ws';

export interface Answer {
  readonly status: number;
  // What a body is, each test knows.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

interface Call {
  readonly body?: unknown;
  /** Sent as they are, in place of a JSON body. */
  readonly raw?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** null sends none. */
  readonly token?: string | null;
}

export interface TestApp extends AsyncDisposable {
  readonly app: ReturnType<typeof buildApp>;
  readonly state: State;
  readonly tokens: AccessTokens;
  readonly artifacts: ArtifactStore;
  readonly clusters: TestClusters;
  call(method: string, path: string, options?: Call): Promise<Answer>;
  /** Stores a file's text; answers its entry in a manifest. */
  file(path: string, text: string): Promise<{ path: string; sha256: string; size: number }>;
  /** Ends the operation as if its work had been done. */
  finish(operationId: string): Promise<void>;
}

export async function startTestApp(log: Logger = silentLogger, hasRegistry = false): Promise<TestApp> {
  const folder = await mkdtemp(join(tmpdir(), 'farled-server-'));
  const state = await openState({
    database: { kind: 'sqlite', path: join(folder, 'record.sqlite') },
    secretKey: Buffer.alloc(32, 7),
    clock: systemClock,
  });
  const artifacts = await openDirectoryArtifacts(join(folder, 'artifacts'), { clock: systemClock });
  const clusters = testClusters();
  const ofKeys = { store: state.signingKeys, changes: state.changes, lifetimeSeconds: 3600, clock: systemClock };
  const tokens = accessTokens(openSigningKeys({ ...ofKeys, purpose: 'access' }), systemClock);
  const callers = openCallers({
    ownerTokenDigest: createHash('sha256').update(TOKEN).digest('hex'),
    tokens,
    identities: state.identities,
    changes: state.changes,
  });
  const app = buildApp({
    state,
    artifacts,
    clusters,
    callers,
    serviceTokens: serviceTokens({ ...ofKeys, keys: openSigningKeys({ ...ofKeys, purpose: 'service' }) }),
    scoringUrl: () => 'http://127.0.0.1:7311',
    hasRegistry,
    scalingDecisions: () => Promise.resolve(DECISIONS),
    serviceLogs: (service) => Promise.resolve([`log of ${service.name}`]),
    followServiceLogs: (service, lines, signal) => Promise.resolve(talk(service.name, lines, signal)),
    version: '1.2.3',
    clock: systemClock,
    log,
  });
  return {
    app,
    state,
    tokens,
    artifacts,
    clusters,
    call: async (method, path, { body, raw, headers = {}, token = TOKEN } = {}) => {
      const answer = await app.inject({
        method: method as 'GET',
        url: path.startsWith('!') ? path.slice(1) : `${PREFIX}${path}`,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(raw === undefined ? (body === undefined ? {} : { payload: JSON.stringify(body) }) : { payload: raw }),
      });
      const isJson = String(answer.headers['content-type']).includes('json');
      return { status: answer.statusCode, body: isJson ? answer.json() : answer.body };
    },
    file: async (path, text) => {
      const bytes = Buffer.from(text);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      await artifacts.put(
        sha256,
        (async function* () {
          yield bytes;
        })(),
      );
      return { path, sha256, size: bytes.length };
    },
    finish: async (operationId) => {
      const operation = (await state.operations.running()).find(({ id }) => id === operationId);
      if (operation?.targetType === 'compute') {
        await state.computes.setProvisioning(operation.targetId, 'Succeeded', []);
      }
      await state.operations.setState(operationId, 'Succeeded');
    },
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await state[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A workspace with a model, and a compute target that is ready. */
export async function furnish(test: TestApp): Promise<void> {
  await test.call('PUT', WORKSPACE, { body: {} });
  await test.call('POST', `${WORKSPACE}/models`, {
    body: { name: 'mymodel', files: [await test.file('model.pkl', 'weights')] },
  });
  const put = await test.call('PUT', `${WORKSPACE}/computes/myaks`, {
    body: { mode: 'create', agentCount: 1, clusterPurpose: 'DevTest' },
  });
  await test.finish(put.body.id as string);
}

/** A deployment that is right; tests change what they are about. */
export async function deployment(test: TestApp, changes: Record<string, unknown> = {}): Promise<object> {
  return {
    computeName: 'myaks',
    models: ['mymodel:1'],
    inference: {
      entryScript: 'score.py',
      source: [await test.file('score.py', 'def init(): pass')],
      environment: { name: 'myenv', python: {} },
    },
    ...changes,
  };
}

/** Says that many lines, then nothing until it is told to stop. */
async function* talk(name: string, lines: number, signal: AbortSignal): AsyncGenerator<string, void, void> {
  for (let number = 1; number <= lines; number += 1) {
    yield `${name} says ${number}`;
  }
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
