import { FarledError, type ErrorCode } from '@farled/contract';
import { describe, expect, test } from 'vitest';

import { exitCodeOf, formatError } from './error.ts';

describe('errors as exit codes', () => {
  test.each<[code: ErrorCode, exitCode: number]>([
    ['BadArgument', 2],
    ['InvalidDocument', 2],
    ['NotSupportedYet', 2],
    ['ModelNotFound', 1],
    ['ServiceAlreadyExists', 1],
    ['Unauthorized', 1],
    ['ConnectionFailed', 1],
    ['InternalError', 1],
  ])('%s is %d', (code, exitCode) => {
    expect(exitCodeOf(new FarledError(code, 'x'))).toBe(exitCode);
  });

  test('an error of any other kind is 1', () => {
    expect(exitCodeOf(new TypeError('x'))).toBe(1);
  });
});

describe('errors as text', () => {
  test('message, details and what to do', () => {
    const details = [
      { code: 'BadArgument', message: 'must be positive', target: 'cpu' },
      { code: 'BadArgument', message: '"gpu" must be whole', target: 'gpu' },
    ];
    const error = new FarledError('BadArgument', 'The body is not valid.', { suggestion: 'Mend it.', details });
    expect(formatError(error, { debug: false })).toBe(
      'error BadArgument: The body is not valid.\n  - cpu: must be positive\n  - "gpu" must be whole\n  Mend it.\n',
    );
  });

  test('a single detail that the message has already is not repeated', () => {
    const details = [{ code: 'InvalidDocument', message: 'ic.json, line 2: there is no field "x"', target: 'x' }];
    const error = new FarledError('InvalidDocument', 'It can\'t be used: line 2: there is no field "x".', { details });
    expect(formatError(error, { debug: false }).split('\n')).toHaveLength(2);
  });

  test('only with debug there are stacks, with their causes', () => {
    const error = new Error('outer', { cause: new Error('inner') });
    expect(formatError(error, { debug: false })).toBe(
      'error: farled failed: outer\n  Run it again with --debug to see where.\n',
    );
    expect(formatError(error, { debug: true })).toMatch(/outer\n\s+at [^]*caused by: Error: inner\n\s+at /);
  });
});
