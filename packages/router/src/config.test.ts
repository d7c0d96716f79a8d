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
    certificates: [],
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
    certificates: [],
  });
});

test.each([
  ['FARLED_ROUTER_SOURCE', 'file'],
  ['FARLED_ROUTER_HEALTH_PORT', '99999'],
  ['FARLED_ROUTER_DRAIN_SECONDS', 'long'],
])('%s %s is refused by name', (name, value) => {
  expect(() => routerConfig({ FARLED_ROUTER_SOURCE: 'cluster', [name]: value })).toThrow(name);
});

test('each certificate has its key', () => {
  const of = (cert: string, key: string) =>
    routerConfig({ FARLED_ROUTER_SOURCE: 'cluster', FARLED_ROUTER_TLS_CERT: cert, FARLED_ROUTER_TLS_KEY: key });
  expect(of('/a.pem,/b.pem', '/a.key,/b.key').certificates).toEqual([
    { cert: '/a.pem', key: '/a.key' },
    { cert: '/b.pem', key: '/b.key' },
  ]);
  expect(() => of('/a.pem', '')).toThrow('FARLED_ROUTER_TLS_CERT names 1 files and FARLED_ROUTER_TLS_KEY 0');
});
