import { addVersion, firstVersion } from '@farled/contract';
import type { EndpointRecord, ServiceRecord } from '@farled/state';
import { expect, test } from 'vitest';

import { endpointRoute } from './endpoint-route.ts';

const traffic = addVersion(firstVersion('one', {}), 'two', { trafficPercentile: 40, isDefault: true });
const endpoint = {
  name: 'shared',
  workspace: { workspace: 'ws' },
  sharing: { traffic, stickyHeader: 'x-user', mirror: { version: 'two', percentile: 5 } },
} as EndpointRecord;
const credentials = { keyDigests: ['d'], tokens: null };

const version = (name: string, wasHealthy: boolean, deleting = false) =>
  ({
    name: `shared.${name}`,
    version: { endpointId: 'e', name },
    lastGood: wasHealthy ? {} : null,
    deleting,
  }) as ServiceRecord;

test('routers share requests between the versions that were healthy once, as they are told to', () => {
  expect(endpointRoute(endpoint, [version('one', true), version('two', true)], credentials)).toEqual({
    name: 'shared',
    workspace: 'ws',
    keyDigests: ['d'],
    tokens: null,
    versions: [
      { name: 'one', service: 'shared.one', trafficPercentile: 0 },
      { name: 'two', service: 'shared.two', trafficPercentile: 40 },
    ],
    defaultVersion: 'two',
    stickyHeader: 'x-user',
    mirror: { version: 'two', percentile: 5 },
  });
});

test('a version that was never healthy gets no request and no copy, be it the default', () => {
  expect(endpointRoute(endpoint, [version('one', true), version('two', false)], credentials)).toMatchObject({
    versions: [{ name: 'one' }],
    defaultVersion: 'one',
    mirror: null,
  });
});

test('before any version was healthy, early requests are for the default one', () => {
  expect(endpointRoute(endpoint, [version('one', false), version('two', false)], credentials)).toMatchObject({
    versions: [{ name: 'two' }],
    defaultVersion: 'two',
  });
});

test('a version that is being deleted gets nothing more', () => {
  expect(endpointRoute(endpoint, [version('one', true), version('two', true, true)], credentials)).toMatchObject({
    versions: [{ name: 'one' }],
    defaultVersion: 'one',
  });
});
