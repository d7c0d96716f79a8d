import { expect, test, vi } from 'vitest';

import { moduleBeside, runApart } from './apart.ts';

const apart = (request: string, signal = AbortSignal.timeout(20_000)) =>
  runApart<string[]>(
    { module: moduleBeside(import.meta.url, 'testing/apart-work'), request, what: 'The work could not be done' },
    signal,
  );

test('what is refused there is refused here, in the same words', async () => {
  await expect(apart('refuse')).rejects.toMatchObject({
    code: 'ImageNotFound',
    message: 'There is none.',
    suggestion: 'Make one.',
  });
});

test('what breaks there says what could not be done, and why', async () => {
  await expect(apart('break')).rejects.toMatchObject({
    code: 'ImageBuildFailed',
    message: 'The work could not be done: no room left.',
  });
});

test('a process that is killed is told by its signal', async () => {
  await expect(apart('die')).rejects.toThrow('The work could not be done: its process ended with SIGKILL.');
});

test('an abort ends the process, with its own reason', async () => {
  const stopping = new AbortController();
  const working = apart('hang', stopping.signal);
  stopping.abort(new Error('changed my mind'));
  await expect(working).rejects.toThrow('changed my mind');
});

test('secrets of this process are not passed on', async () => {
  vi.stubEnv('FARLED_TEST_SECRET', 'x');
  try {
    expect(await apart('secrets')).not.toContain('FARLED_TEST_SECRET');
  } finally {
    vi.unstubAllEnvs();
  }
});
