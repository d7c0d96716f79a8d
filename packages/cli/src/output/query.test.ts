import { describe, expect, test } from 'vitest';

import { applyQuery, checkQuery } from './query.ts';

const SERVICES = [
  { name: 'a', state: 'Healthy', replicas: [1, 2] },
  { name: 'b', state: 'Failed', replicas: [] },
];

describe('--query', () => {
  test.each<[expression: string, found: unknown]>([
    ['[].name', ['a', 'b']],
    ["[?state=='Healthy'].name | [0]", 'a'],
    ['length(@)', 2],
    [
      '[].{n: name, r: length(replicas)}',
      [
        { n: 'a', r: 2 },
        { n: 'b', r: 0 },
      ],
    ],
    ['missing', null],
  ])('%s', (expression, found) => {
    checkQuery(expression);
    expect(applyQuery(SERVICES, expression)).toEqual(found);
  });

  test.each(['[?', 'a[', '"', 'a b'])('%j is refused before anything is done', (expression) => {
    expect(() => checkQuery(expression)).toThrow(expect.objectContaining({ code: 'BadArgument' }));
  });

  test('a function of values that do not fit is refused, too', () => {
    checkQuery('length([0].replicas[0])');
    expect(() => applyQuery(SERVICES, 'length([0].replicas[0])')).toThrow(/--query "length/);
  });
});
