import { expect, test } from 'vitest';

import { maySendSecrets, mayUsePlainHttp } from './transport-security.ts';

const insecure = new Set(['registry.local:5000']);

test.each([
  ['127.0.0.1:5000', true],
  ['127.8.9.10', true],
  ['localhost:5000', true],
  ['[::1]:5000', true],
  ['registry.local:5000', true],
  ['registry.local:5001', false],
  ['localhost.example.com', false],
  ['127.0.0.1.example.com', false],
  ['docker.io', false],
])('plain HTTP to %s: %s', (host, expected) => {
  expect(mayUsePlainHttp(host, insecure)).toBe(expected);
  expect(maySendSecrets(new URL(`http://${host}/token`), insecure)).toBe(expected);
  expect(maySendSecrets(new URL(`https://${host}/token`), insecure)).toBe(true);
});
