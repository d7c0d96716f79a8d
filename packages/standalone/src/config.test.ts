import { homedir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { standaloneConfig } from './config.ts';

test('without variables everything has its default', () => {
  expect(standaloneConfig({})).toMatchObject({
    home: join(homedir(), '.farled'),
    environments: join(homedir(), '.farled', 'environments'),
    api: { host: '127.0.0.1', port: 7310 },
    scoring: { host: '127.0.0.1', port: 7311, name: null, tls: { certs: [], keys: [] } },
    schedulingTimeoutMs: 300_000,
  });
});

test.each(['0.0.0.0', '192.168.1.1', '::', 'example.org'])('listening on %s needs to be allowed by name', (host) => {
  expect(() => standaloneConfig({ FARLED_HOST: host })).toThrow(/FARLED_HOST=.* can be reached from other machines/);
  expect(() => standaloneConfig({ FARLED_SCORING_HOST: host })).toThrow('FARLED_SCORING_HOST');
  expect(standaloneConfig({ FARLED_HOST: host, FARLED_ALLOW_INSECURE_ADDRESS: 'true' }).api.host).toBe(host);
});

test.each(['127.0.0.1', '127.8.8.8', 'localhost', '::1'])('%s stays on this machine', (host) => {
  expect(standaloneConfig({ FARLED_HOST: host }).api.host).toBe(host);
});

test('with a certificate, scoring may be reached from other machines; the API may not', () => {
  const tls = { FARLED_TLS_CERT: '/a.pem,/b.pem', FARLED_TLS_KEY: '/a.key,/b.key' };
  expect(
    standaloneConfig({ ...tls, FARLED_SCORING_HOST: '0.0.0.0', FARLED_SCORING_NAME: 'a.example' }).scoring,
  ).toEqual({
    host: '0.0.0.0',
    port: 7311,
    name: 'a.example',
    tls: { certs: ['/a.pem', '/b.pem'], keys: ['/a.key', '/b.key'] },
  });
  expect(() => standaloneConfig({ ...tls, FARLED_HOST: '0.0.0.0' })).toThrow('FARLED_HOST');
  expect(() => standaloneConfig({ FARLED_TLS_CERT: '/a.pem' })).toThrow('FARLED_TLS_CERT names 1 files');
});

test('every wrong variable is named at once', () => {
  expect(() =>
    standaloneConfig({ FARLED_PORT: '70000', FARLED_LOG_LEVEL: 'loud', FARLED_SCHEDULING_TIMEOUT_SECONDS: 'x' }),
  ).toThrow(/FARLED_PORT.*FARLED_LOG_LEVEL.*FARLED_SCHEDULING_TIMEOUT_SECONDS/);
});

test.each([
  [{}, { host: '127.0.0.1', port: 7312, name: 'farled.blob.localhost', proxyPort: null }],
  [{ FARLED_AZUREML_PROXY_PORT: '0' }, { proxyPort: 0 }],
  // TLS makes it fit for other machines.
  [
    { FARLED_AZUREML_HOST: '0.0.0.0', FARLED_AZUREML_NAME: 'farled.blob.svc' },
    { host: '0.0.0.0', name: 'farled.blob.svc' },
  ],
])('for azureml-core, %j is %j', (variables, wanted) => {
  expect(standaloneConfig(variables).azureml).toMatchObject(wanted);
});

test.each([
  'farled',
  'farled.localhost',
  'farled.blob',
  'blob.example.com',
  'a.b.blob.c',
  'Farled.blob.x',
  'f.blob.x:1',
])('azureml-core uploads nothing to %s', (name) => {
  expect(() => standaloneConfig({ FARLED_AZUREML_NAME: name })).toThrow('name.blob.domain');
});
