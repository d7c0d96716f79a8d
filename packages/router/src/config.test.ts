import { expect, test } from 'vitest';

import { routerConfig } from './config.ts';

test('on one machine it needs a control socket and a place for its table', () => {
  expect(routerConfig({ FARLED_ROUTER_CONTROL: '/c', FARLED_ROUTER_TABLE: '/t' })).toEqual({
    source: 'socket',
    host: '127.0.0.1',
    port: 7311,
    control: '/c',
    table: '/t',
    portUse: 'alone',
    log: undefined,
  });
  expect(() => routerConfig({})).toThrow(/FARLED_ROUTER_CONTROL.*FARLED_ROUTER_TABLE/);
});

test('in a cluster it needs nothing', () => {
  expect(routerConfig({ FARLED_ROUTER_SOURCE: 'cluster', HOSTNAME: 'pod-1' })).toEqual({
    source: 'cluster',
    host: '0.0.0.0',
    port: 8080,
    healthPort: 8081,
    table: '/var/lib/farled/routes.json',
    drainMs: 5000,
    kubeconfig: undefined,
    namespace: 'farled-system',
    identity: 'pod-1',
    log: undefined,
  });
});

test.each([
  ['FARLED_ROUTER_SOURCE', 'file'],
  ['FARLED_ROUTER_HEALTH_PORT', '99999'],
  ['FARLED_ROUTER_DRAIN_SECONDS', 'long'],
])('%s %s is refused by name', (name, value) => {
  expect(() => routerConfig({ FARLED_ROUTER_SOURCE: 'cluster', [name]: value })).toThrow(name);
});
