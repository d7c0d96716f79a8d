import { expect, test } from 'vitest';

import { isProxied, PROXIED_URL } from './azure-hosts.ts';

test.each([
  ['management.azure.com:443', true],
  ['MANAGEMENT.azure.com:443', true],
  ['login.microsoftonline.com:443', true],
  ['farled.blob.core.windows.net:443', true],
  ['any-account1.blob.core.windows.net:443', true],
  ['management.azure.com:80', false],
  ['management.azure.com', false],
  ['management.azure.com.evil.example:443', false],
  ['evil.management.azure.com:443', false],
  ['login.microsoftonline.com:8443', false],
  ['blob.core.windows.net:443', false],
  ['a.b.blob.core.windows.net:443', false],
  ['.blob.core.windows.net:443', false],
  ['x.queue.core.windows.net:443', false],
  ['pypi.org:443', false],
  ['127.0.0.1:443', false],
  ['[::1]:443', false],
  ['me@management.azure.com:443', false],
  ['', false],
])('CONNECT %s is let through: %j', (target, through) => {
  expect(isProxied(target)).toBe(through);
});

test('what the API calls itself is one of them', () => {
  expect(isProxied(`${new URL(PROXIED_URL).hostname}:443`)).toBe(true);
});
