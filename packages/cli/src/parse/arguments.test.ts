import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { normalizeArguments, spellingsOf } from './arguments.ts';

const SPELLINGS = spellingsOf([
  { flags: ['-n', '--name'], takes: 'one' },
  { flags: ['--ct', '--compute-target'], takes: 'one' },
  { flags: ['--ccl', '--cpu-cores-limit'], takes: 'one' },
  { flags: ['-d', '--input-data'], takes: 'one' },
  { flags: ['--ae', '--auth-enabled'], takes: 'maybe' },
  { flags: ['-l', '--latest'], takes: 'none' },
  { flags: ['--no-wait'], takes: 'none' },
]);

describe('arguments', () => {
  test.each<[given: string[], normal: string[]]>([
    [['-n', 'a'], ['--name=a']],
    [['--name', 'a'], ['--name=a']],
    [['--name=a'], ['--name=a']],
    [['-n=a'], ['--name=a']],
    [['-na'], ['--name=a']],
    [['-ct', 'myaks'], ['--compute-target=myaks']],
    [['--ct', 'myaks'], ['--compute-target=myaks']],
    [['-ct=myaks'], ['--compute-target=myaks']],
    [['-ccl', '2'], ['--cpu-cores-limit=2']],
    [['-d', '-5'], ['--input-data=-5']],
    [['-d', '--name'], ['--input-data=--name']],
    [['-d', '{"a": "b=c"}'], ['--input-data={"a": "b=c"}']],
    [['-d', ''], ['--input-data=']],
    [['-ae', 'false'], ['--auth-enabled=false']],
    [
      ['--ae', '-n', 'x'],
      ['--auth-enabled', '--name=x'],
    ],
    [
      ['-l', 'x'],
      ['--latest', 'x'],
    ],
    [['--no-wait'], ['--no-wait']],
    [
      ['--', '-n', 'a'],
      ['--', '-n', 'a'],
    ],
    [['-n'], ['--name']],
    [
      ['-x', 'a'],
      ['-x', 'a'],
    ],
    [['--nam=e'], ['--nam=e']],
  ])('%j are read as %j', (given, normal) => {
    expect(normalizeArguments(given, SPELLINGS)).toEqual(normal);
  });

  test.each<[given: string[], normal: string[]]>([
    [
      ['-n', 'a', 'python', '-n', 'b'],
      ['--name=a', '--', 'python', '-n', 'b'],
    ],
    [
      ['-l', 'python', 'x.py', '--', 'y'],
      ['--latest', '--', 'python', 'x.py', '--', 'y'],
    ],
    [
      ['--', '-n'],
      ['--', '-n'],
    ],
    [['-n', 'a'], ['--name=a']],
  ])('where the rest is a command, %j are read as %j', (given, normal) => {
    expect(normalizeArguments(given, SPELLINGS, { endAtWord: true })).toEqual(normal);
  });

  test('a value comes through as it was given, whatever it looks like', () => {
    fc.assert(
      fc.property(fc.constantFrom('-n', '--name', '-ct', '--ct', '--compute-target'), fc.string(), (flag, value) => {
        const [normal = '', ...more] = normalizeArguments([flag, value], SPELLINGS);
        expect(more).toEqual([]);
        expect(normal.slice(normal.indexOf('=') + 1)).toBe(value);
      }),
    );
  });

  test('what was read once is read the same again', () => {
    const word = fc.oneof(fc.string(), fc.constantFrom('-n', '-ct', '--ae', '-l', '--', '--name=x'));
    fc.assert(
      fc.property(fc.array(word), (given) => {
        const once = normalizeArguments(given, SPELLINGS);
        // An option at the very end, whose value is missing, is for the parser to refuse.
        fc.pre(!once.some((argument) => ['--name', '--compute-target', '--auth-enabled'].includes(argument)));
        expect(normalizeArguments(once, SPELLINGS)).toEqual(once);
      }),
    );
  });
});
