import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { readTrace } from './read-trace.ts';

const read = (text: string) => readTrace({ name: 'trace.csv', text, serviceMs: 100 });

describe('a trace', () => {
  test.each([
    ['seconds', '10\n10.5\n'],
    ['a heading and durations, of which one is not said', 'at,serviceMs\n10,100\n10.5,\n'],
    ['dates', 'TIMESTAMP,\n2023-11-16 18:17:03.500,100\n2023-11-16 18:17:04.000,100'],
    ['lines of JSON', '{"at":10}\n\n{"at":10.5,"serviceMs":100}'],
    ['any order', '10.5\r\n10'],
  ])('may have %s', (_what, text) => {
    const requests = [
      { at: 0, serviceMs: 100 },
      { at: 500, serviceMs: 100 },
    ];
    expect(read(text)).toEqual({ name: 'trace.csv', durationMs: 1500, requests });
  });

  test.each([
    ['', 'has no requests'],
    ['1\nsoon', 'Line 2 of the trace "trace.csv" has no time'],
    ['1,long', 'Line 1 of the trace "trace.csv" has a duration'],
    ['1,-5', 'a duration that is no number of milliseconds'],
    ['{"at":1', 'Line 1 of the trace "trace.csv" has no time'],
  ])('that cannot be read is refused: %j', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  test('of any text is read or refused', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(read(text).requests.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toMatchObject({ code: 'InvalidDocument' });
        }
      }),
    );
  });
});
