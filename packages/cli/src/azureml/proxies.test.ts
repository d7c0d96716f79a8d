import { describe, expect, test } from 'vitest';

import { bypassesProxy, exceptionsFor, proxyOf } from './proxies.ts';

const HOST = 'farled.blob.localhost';
const PROXY = { HTTPS_PROXY: 'http://proxy:3128' };

describe('proxies of the environment', () => {
  test.each([
    [{}, undefined],
    [{ HTTP_PROXY: 'http://p' }, undefined],
    [{ HTTPS_PROXY: '' }, undefined],
    [{ HTTPS_PROXY: 'http://p' }, 'HTTPS_PROXY'],
    [{ https_proxy: 'http://q', HTTPS_PROXY: 'http://p' }, 'https_proxy'],
    [{ ALL_PROXY: 'http://p' }, 'ALL_PROXY'],
  ])('of %j the one for https is %j', (given, variable) => {
    expect(proxyOf(given)?.variable).toBe(variable);
  });

  test.each([
    ['', false],
    ['other.example', false],
    ['farled.blob.localhost', true],
    ['a.example, farled.blob.localhost', true],
    ['a.example farled.blob.localhost:7312', true],
    ['.localhost', true],
    ['*.localhost', true],
    ['localhost', true],
    ['ocalhost', false],
    ['LOCALHOST', true],
    ['*', true],
  ])('with NO_PROXY=%j the host goes around it: %j', (list, around) => {
    expect(bypassesProxy({ NO_PROXY: list }, HOST)).toBe(around);
  });

  test('the list in small letters goes first', () => {
    expect(bypassesProxy({ NO_PROXY: '*', no_proxy: 'other' }, HOST)).toBe(false);
  });

  test.each([
    ['no proxy, nothing to set', {}, {}],
    ['a proxy', PROXY, { NO_PROXY: `${HOST},localhost`, no_proxy: `${HOST},localhost` }],
    ['a list is kept', { ...PROXY, NO_PROXY: 'a.example, localhost' }, {}],
    [
      'and gets what it lacks',
      { ...PROXY, no_proxy: 'a.example' },
      { NO_PROXY: `a.example,${HOST},localhost`, no_proxy: `a.example,${HOST},localhost` },
    ],
  ])('%s', (_what, given, wanted) => {
    expect(exceptionsFor(given, [HOST, 'localhost'])).toEqual(wanted);
  });
});
