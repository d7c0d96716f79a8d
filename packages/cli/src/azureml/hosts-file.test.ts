import { describe, expect, test } from 'vitest';

import { addressesOf, checkMayWrite, withHostsLine } from './hosts-file.ts';

const NAME = 'farled.blob.localhost';

describe('the hosts file', () => {
  test.each([
    ['', []],
    ['127.0.0.1 localhost\n', []],
    [`127.0.0.1 localhost ${NAME}\n`, ['127.0.0.1']],
    [`127.0.0.1\tFARLED.blob.localhost # comment\n::1 ${NAME}`, ['127.0.0.1', '::1']],
    [`# 127.0.0.1 ${NAME}\n`, []],
    [`127.0.0.1 x.${NAME}\n`, []],
  ])('%j gives the name %j', (content, addresses) => {
    expect(addressesOf(content, NAME)).toEqual(addresses);
  });

  test.each(['', '127.0.0.1 localhost\n', '127.0.0.1 localhost'])('%j gets the line at its end, once', (content) => {
    const changed = withHostsLine(content, '127.0.0.1', NAME) ?? '';
    expect(changed.startsWith(content)).toBe(true);
    expect(changed.split('\n').slice(-2)).toEqual([`127.0.0.1 ${NAME}`, '']);
    expect(addressesOf(changed, NAME)).toEqual(['127.0.0.1']);
    expect(withHostsLine(changed, '127.0.0.1', NAME)).toBeNull();
  });

  test.each([
    ['/etc/hosts', 0, null],
    ['/etc/hosts', 1000, "echo 'LINE' | sudo tee -a /etc/hosts"],
    ['/etc/hosts', undefined, 'sudo'],
    ['/tmp/hosts', 1000, null],
  ])('%s may be written by user %j unless told otherwise: %j', (path, userId, told) => {
    const check = () => checkMayWrite(path, userId, 'LINE');
    if (told === null) {
      expect(check()).toBeUndefined();
    } else {
      expect(check).toThrow(expect.objectContaining({ suggestion: expect.stringContaining(told) as string }));
    }
  });

  test('a name with another address is not given a second one', () => {
    expect(() => withHostsLine(`10.0.0.9 ${NAME}\n`, '127.0.0.1', NAME)).toThrow('10.0.0.9 already');
  });
});
