import { expect, test } from 'vitest';
import { z } from 'zod';

import { ErrorBody, errorFromWire, errorToWire, FarledError, isFarledError, parseOrThrow } from './errors.ts';

test('an error survives the wire', () => {
  const error = new FarledError('ModelNotFound', 'There is no model "a:1".', {
    suggestion: 'Register it.',
    details: [{ code: 'x', message: 'y', target: 'models.0' }],
  });
  const body = ErrorBody.parse(JSON.parse(JSON.stringify(errorToWire(error))));
  const back = errorFromWire(body);
  expect(isFarledError(back)).toBe(true);
  expect(errorToWire(back)).toEqual(errorToWire(error));
  expect(back.statusCode).toBe(404);
});

test('what is not an error of ours shows nothing of itself', () => {
  expect(JSON.stringify(errorToWire(new Error('password=hunter2')))).not.toContain('hunter2');
});

test('a code that this version does not know keeps its text and its class', () => {
  const error = errorFromWire({ code: 'NewThing', statusCode: 418, message: 'No.', details: [] });
  expect(error).toMatchObject({ code: 'BadArgument', message: 'NewThing: No.' });
});

test('an error made by another copy of the package is recognised', () => {
  const foreign = Object.assign(new Error('x'), { [Symbol.for('farled.error')]: true, code: 'ModelNotFound' });
  expect(isFarledError(foreign)).toBe(true);
  expect(isFarledError(new Error('x'))).toBe(false);
});

test('parsing names every fault with its place', () => {
  const schema = z.strictObject({ a: z.object({ b: z.int() }), c: z.string() });
  expect(() => parseOrThrow(schema, { a: { b: 'x' }, d: 1 }, 'The body')).toThrow(
    expect.objectContaining({
      code: 'BadArgument',
      details: [
        expect.objectContaining({ target: 'a.b' }),
        expect.objectContaining({ target: 'c' }),
        expect.objectContaining({ message: expect.stringContaining('d') }),
      ],
    }),
  );
});
