import { expect, test } from 'vitest';

import { runtimeConfig } from './config.ts';

test('in an image the entry script is all that must be said', () => {
  expect(runtimeConfig({ AZUREML_ENTRY_SCRIPT: 'score.py', HOSTNAME: 'pod-1' })).toMatchObject({
    replica: 'pod-1',
    listen: { host: '0.0.0.0', port: 5001 },
    python: '/opt/farled/python/bin/python',
    logFile: null,
    reportFile: null,
    environment: { AML_APP_ROOT: '/var/azureml-app', AZUREML_SOURCE_DIRECTORY: '/var/azureml-app' },
  });
  expect(runtimeConfig({ AZUREML_ENTRY_SCRIPT: 'score.py' }).replica).toBe('replica');
});

test.each([
  ['src', '/app/src'],
  ['./a/b', '/app/a/b'],
  ['/elsewhere', '/elsewhere'],
])('a source directory of %s below /app is %s for the workers', (given, expected) => {
  const { environment } = runtimeConfig({
    AML_APP_ROOT: '/app',
    AZUREML_SOURCE_DIRECTORY: given,
    AZUREML_ENTRY_SCRIPT: 'score.py',
  });
  expect(environment).toMatchObject({ AML_APP_ROOT: '/app', AZUREML_SOURCE_DIRECTORY: expected });
});

test.each([
  ['/run/s', { path: '/run/s' }],
  ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
  ['[::]:5001', { host: '::', port: 5001 }],
])('listens at %s', (FARLED_LISTEN, listen) => {
  expect(runtimeConfig({ AZUREML_ENTRY_SCRIPT: 's', FARLED_LISTEN }).listen).toEqual(listen);
});

test.each(['5001', 'host:', 'host:http'])('does not listen at %s, and says so', (FARLED_LISTEN) => {
  expect(() => runtimeConfig({ AZUREML_ENTRY_SCRIPT: 's', FARLED_LISTEN })).toThrow(/FARLED_LISTEN.*host:port/);
});

test.each([
  [undefined, ''],
  ['', ''],
  ['/', ''],
  ['api/v1', '/api/v1'],
  ['/api/v1/', '/api/v1'],
])('a path prefix of %s is %s before the paths of swagger.json', (SERVICE_PATH_PREFIX, prefix) => {
  const { service } = runtimeConfig({ AZUREML_ENTRY_SCRIPT: 's', SERVICE_PATH_PREFIX });
  expect(service).toEqual({ name: 'ML service', version: '1.0', prefix });
});
