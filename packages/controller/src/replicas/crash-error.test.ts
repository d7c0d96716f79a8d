import { expect, test } from 'vitest';

import { crashError } from './crash-error.ts';
import { noCrashes, recordExit } from './crash-history.ts';

test('what ended a replica is told in the words of its report, traceback included', () => {
  const failure = {
    code: 'UserScriptInitFailed',
    message: 'init() raised KeyError.',
    traceback: 'Traceback: KeyError',
  } as const;
  const crashes = recordExit(noCrashes('r'), { at: 1, code: 3, signal: null, hadBeenReady: false, failure }, 0);
  expect(crashError(crashes)).toMatchObject({
    code: 'UserScriptInitFailed',
    message: 'A replica ended by itself: init() raised KeyError.\nTraceback: KeyError',
  });
});

test('a replica that was killed is told by its signal', () => {
  const crashes = recordExit(
    noCrashes('r'),
    { at: 1, code: null, signal: 'SIGSEGV', hadBeenReady: false, failure: null },
    0,
  );
  expect(crashError({ ...crashes, inARow: 3 }).message).toContain('3 times in a row, the last with signal SIGSEGV');
});
