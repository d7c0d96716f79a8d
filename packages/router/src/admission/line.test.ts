import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Line } from './line.ts';

function takeAll(line: Line<string>): string[] {
  return Array.from({ length: line.size }, () => line.take() ?? '');
}

describe('a line', () => {
  test('of one caller keeps its order', () => {
    const line = new Line<string>();
    ['1', '2', '3'].forEach((one) => line.add('a', one));
    expect(takeAll(line)).toEqual(['1', '2', '3']);
  });

  test('gives callers turns, whoever came first and however many they sent', () => {
    const line = new Line<string>();
    ['a1', 'a2', 'a3', 'a4'].forEach((one) => line.add('a', one));
    line.add('b', 'b1');
    line.add('c', 'c1');
    line.add('b', 'b2');
    expect(takeAll(line)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
  });

  test('takes back who had a slot before all others', () => {
    const line = new Line<string>();
    line.add('a', 'a1');
    line.addReturned('again');
    expect([line.ahead('a'), line.ahead('b')]).toEqual([2, 2]);
    expect(takeAll(line)).toEqual(['again', 'a1']);
  });

  test('makes a flood wait behind itself, and nobody else', () => {
    const line = new Line<string>();
    Array.from({ length: 1000 }, (_, index) => line.add('flood', String(index)));
    expect([line.ahead('flood'), line.ahead('other')]).toEqual([1000, 1]);
  });
});

test('loses nobody, counts right, and says truly how many go before', () => {
  const step = fc.record({
    what: fc.constantFrom('add', 'addReturned', 'take', 'remove'),
    caller: fc.constantFrom('a', 'b', 'c'),
  });
  fc.assert(
    fc.property(fc.array(step), fc.constantFrom('a', 'b', 'c', 'd'), (steps, newcomer) => {
      const line = new Line<string>();
      const present = new Map<string, string>();
      steps.forEach(({ what, caller }, index) => {
        const [oldest] = present;
        if (what === 'add') {
          line.add(caller, String(index));
          present.set(String(index), caller);
        } else if (what === 'addReturned') {
          line.addReturned(String(index));
          present.set(String(index), caller);
        } else if (what === 'remove' && oldest !== undefined) {
          line.remove(oldest[1], oldest[0]);
          present.delete(oldest[0]);
        } else if (what === 'take') {
          present.delete(line.take() ?? '');
        }
        expect(line.size).toBe(present.size);
      });
      const ahead = line.ahead(newcomer);
      line.add(newcomer, 'new');
      const order = takeAll(line);
      // Those who come after the caller in the ring have their turn later, so it may be fewer.
      expect(order.indexOf('new')).toBeLessThanOrEqual(ahead);
      expect(order).toHaveLength(present.size + 1);
      expect(new Set(order)).toEqual(new Set([...present.keys(), 'new']));
    }),
  );
});
