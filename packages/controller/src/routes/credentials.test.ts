import { createHash } from 'node:crypto';

import { DEFAULT_SETTINGS, mergeSettings } from '@farled/contract';
import type { ServiceRecord } from '@farled/state';
import { describe, expect, test } from 'vitest';

import type { Goal, Pass } from '../service/deployer.ts';
import { credentialKinds, goalCredentials, routeCredentials } from './credentials.ts';

const KEYS = { authEnabled: true, tokenAuthEnabled: false };
const TOKENS = { authEnabled: false, tokenAuthEnabled: true };
const OPEN = { authEnabled: false, tokenAuthEnabled: false };
const takesKeys = { kind: 'closed', keys: true, tokens: false };
const takesTokens = { kind: 'closed', keys: false, tokens: true };
const takesBoth = { kind: 'closed', keys: true, tokens: true };
const open = { kind: 'open' };

describe('credentials that are let in', () => {
  test.each([
    ['keys', { applied: KEYS }, takesKeys],
    ['tokens', { applied: TOKENS }, takesTokens],
    ['anything', { applied: OPEN }, open],
    ['keys, while tokens are prepared', { applied: KEYS, next: TOKENS }, takesBoth],
    ['keys, while everything is prepared', { applied: KEYS, next: OPEN }, takesKeys],
    ['anything, while tokens are prepared', { applied: OPEN, next: TOKENS }, open],
    ['tokens, while replicas with keys serve', { applied: TOKENS, former: KEYS }, takesBoth],
    ['tokens, while replicas that are open serve', { applied: TOKENS, former: OPEN }, open],
    ['anything, while replicas with keys serve', { applied: OPEN, former: KEYS }, open],
  ] as const)('are %s', (_what, settings, expected) => {
    expect(credentialKinds(settings)).toEqual(expected);
  });

  const spec = (settings: object) => ({ settings: mergeSettings(DEFAULT_SETTINGS, settings) });
  const service = (changes: object = {}) =>
    ({
      id: 'id',
      version: null,
      generation: 2,
      spec: spec(TOKENS),
      lastGood: { generation: 1, spec: spec(KEYS) },
      status: { state: 'Transitioning', observedGeneration: 1 },
      tokensNotBefore: 7,
      ...changes,
    }) as unknown as ServiceRecord;
  const step = (goal: object, complete: boolean, of = service(), operation: object | null = {}) =>
    goalCredentials({ service: of, operation } as unknown as Pass, goal as Goal, complete);
  const before = { generation: 1, spec: spec(KEYS), onTrial: false };
  const after = { generation: 2, spec: spec(TOKENS), onTrial: true };

  test('of a service that changes from keys to tokens are both until it has changed, and none is missing in between', () => {
    expect(step(before, true)).toEqual(takesBoth);
    expect(step(after, false)).toEqual(takesBoth);
    expect(step(after, true)).toEqual(takesTokens);
    const settled = service({ lastGood: { generation: 2, spec: spec(TOKENS) } });
    expect(step({ ...after, onTrial: false }, true, settled, null)).toEqual(takesTokens);
  });

  test('of a service whose change failed are those of before', () => {
    const failed = service({ status: { state: 'Failed', observedGeneration: 2 } });
    expect(step(before, true, failed, null)).toEqual(takesKeys);
    expect(step(before, true, failed)).toEqual(takesKeys);
  });

  test('of a new service are those that were asked for', () => {
    expect(step(after, false, service({ lastGood: null }))).toEqual(takesTokens);
  });

  const key = { kid: 'key-1', kty: 'EC', crv: 'P-256', x: 'x', y: 'y' } as const;
  const parts = {
    state: { keys: { get: () => Promise.resolve({ primaryKey: 'one', secondaryKey: 'two' }) } },
    tokenKeys: { published: () => Promise.resolve({ keys: [key] }) },
  } as unknown as Parameters<typeof routeCredentials>[0];
  const digests = ['one', 'two'].map((text) => createHash('sha256').update(text).digest('hex'));
  const tokens = { issuer: 'farled', audience: 'id', notBefore: 7, keys: [key] };

  test.each([
    [open, { keyDigests: null, tokens: null }],
    [takesKeys, { keyDigests: digests, tokens: null }],
    [takesTokens, { keyDigests: [], tokens }],
    [takesBoth, { keyDigests: digests, tokens }],
  ] as const)('reach the router: %j', async (kinds, expected) => {
    expect(await routeCredentials(parts, service(), kinds as Parameters<typeof routeCredentials>[2])).toEqual(expected);
  });

  test('of a version are those of its endpoint, of whatever kind its own would be', async () => {
    const endpoint = { id: 'of-endpoint', authEnabled: false, tokenAuthEnabled: true, tokensNotBefore: 7 };
    const stores = { endpoints: { byId: (id: string) => Promise.resolve(id === 'e' ? endpoint : undefined) } };
    const ofVersion = { ...parts, state: stores } as unknown as typeof parts;
    const route = (endpointId: string) =>
      routeCredentials(ofVersion, service({ version: { endpointId, name: 'v1' } }), open as { kind: 'open' });
    expect(await route('e')).toEqual({ keyDigests: [], tokens: { ...tokens, audience: 'of-endpoint' } });
    expect(await route('gone')).toEqual({ keyDigests: [], tokens: null });
  });
});
