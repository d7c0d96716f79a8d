import { expect, test } from 'vitest';

import { parseChallenges } from './challenge.ts';

test('the ways of registries to ask who calls are read', () => {
  expect(
    parseChallenges(
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
    ),
  ).toEqual([
    {
      scheme: 'bearer',
      parameters: {
        realm: 'https://auth.docker.io/token',
        service: 'registry.docker.io',
        scope: 'repository:a/b:pull,push',
      },
    },
  ]);
  expect(parseChallenges('Basic realm="Registry Realm"')).toEqual([
    { scheme: 'basic', parameters: { realm: 'Registry Realm' } },
  ]);
});

test('several challenges, unquoted values and quoted quotes', () => {
  expect(parseChallenges(['Negotiate', 'BEARER realm=https://a/b?c , Service = "x \\"y\\""'])).toEqual([
    { scheme: 'negotiate', parameters: {} },
    { scheme: 'bearer', parameters: { realm: 'https://a/b?c', service: 'x "y"' } },
  ]);
  expect(parseChallenges(undefined)).toEqual([]);
});
