/** The compatible API on a real record and real artifacts, without sockets and logins, for tests. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { OWNER } from '@farled/identity';
import { createApi } from '@farled/server';
import { ManualClock, silentLogger, systemClock } from '@farled/service';
import { type ArtifactStore, openDirectoryArtifacts, openState, type State } from '@farled/state';

import { buildCompatibleApp } from '../app.ts';
import type { CompatibleParts } from '../parts.ts';
import { openTls } from '../tls/open-tls.ts';

const URL = 'https://farled.blob.localhost:7443';
export const REFERENCE = { subscriptionId: 'sub', resourceGroup: 'rg', workspace: 'ws' };
const SCOPE = '/subscriptions/sub/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  // What a body is, each test knows.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

interface Call {
  readonly body?: unknown;
  /** In place of a JSON body. */
  readonly bytes?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CompatibleTestApp extends AsyncDisposable {
  readonly parts: CompatibleParts;
  readonly state: State;
  readonly artifacts: ArtifactStore;
  readonly clock: ManualClock;
  /** To an address of the server, or a path; `{mms}` and `{artifacts}` are where those of the workspace are. */
  call(method: string, address: string, how?: Call): Promise<Answer>;
}

/** With the workspace of {@link REFERENCE}. */
export async function startCompatibleApp(): Promise<CompatibleTestApp> {
  const folder = await mkdtemp(join(tmpdir(), 'farled-compatible-'));
  const clock = new ManualClock();
  const secretKey = Buffer.alloc(32, 7);
  const database = { kind: 'sqlite', path: join(folder, 'record.sqlite') } as const;
  const state = await openState({ database, secretKey, clock });
  const artifacts = await openDirectoryArtifacts(join(folder, 'artifacts'), { clock });
  await state.workspaces.create(REFERENCE, { location: 'local', friendlyName: '', description: '', tags: {} });
  const log = silentLogger;
  // Of the API, only what needs no cluster and no router; everybody may do everything.
  const scoringUrl = (): string => 'http://127.0.0.1:7311';
  const api = createApi({ state, artifacts, scoringUrl, version: '1.2.3', clock, log } as unknown as Parameters<
    typeof createApi
  >[0]);
  const callers = { admit: () => Promise.resolve(OWNER) };
  const parts = { api, state, artifacts, callers, url: () => URL, clock, log } as unknown as CompatibleParts;
  const app = buildCompatibleApp(parts, { tls: await openTls(join(folder, 'tls'), ['localhost'], systemClock) });
  return {
    parts,
    state,
    artifacts,
    clock,
    call: async (method, address, { body, bytes, headers = {} } = {}) => {
      const payload = bytes ?? (body === undefined ? undefined : JSON.stringify(body));
      const answer = await app.inject({
        method: method as 'GET',
        url: address
          .replace(URL, '')
          .replace('{mms}', `/modelmanagement/v1.0${SCOPE}`)
          .replace('{artifacts}', `/artifact/v2.0${SCOPE}/artifacts`),
        headers: { ...(payload === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(payload === undefined ? {} : { payload }),
      });
      const isJson = String(answer.headers['content-type']).includes('json');
      return {
        status: answer.statusCode,
        headers: answer.headers as Answer['headers'],
        text: answer.body,
        body: isJson && answer.body !== '' ? answer.json() : undefined,
      };
    },
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await state[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** As clients of Azure's blobs say it. */
export function contentSha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('base64');
}
