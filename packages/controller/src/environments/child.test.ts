import { identifyProcess, isRunning, systemClock } from '@farled/service';
import { expect, test } from 'vitest';

import { runChild } from './child.ts';

function sh(
  script: string,
  signal: AbortSignal = AbortSignal.timeout(20_000),
  tell: (line: string) => void = () => {},
) {
  return runChild({
    command: '/bin/sh',
    arguments: ['-c', script],
    environment: { PATH: process.env['PATH'], SAID: 'so' },
    clock: systemClock,
    signal,
    tell,
  });
}

test('every line is told, of both outputs, and the exit code is the answer', async () => {
  const lines: string[] = [];
  expect(await sh('echo one; echo two >&2; printf "$SAID"; exit 3', undefined, (line) => lines.push(line))).toBe(3);
  expect(lines.toSorted()).toEqual(['one', 'so', 'two']);
});

test('a signal ends it and all that it has started, then rejects with its reason', async () => {
  const stopping = new AbortController();
  let grandchild = 0;
  const running = sh('sleep 600 & echo $!; wait', stopping.signal, (line) => {
    grandchild = Number(line);
    stopping.abort(new Error('enough'));
  });
  await expect(running).rejects.toThrow('enough');
  expect(await isRunning(await identifyProcess(grandchild))).toBe(false);
});

test('one that does not listen to a request to end is killed', async () => {
  const stopping = new AbortController();
  const running = sh("trap '' TERM; echo ready; while :; do sleep 1; done", stopping.signal, () =>
    stopping.abort(new Error('enough')),
  );
  await expect(running).rejects.toThrow('enough');
});

test('one that can not be started rejects', async () => {
  const parts = { arguments: [], environment: {}, clock: systemClock, signal: AbortSignal.timeout(20_000) };
  await expect(runChild({ ...parts, command: '/nowhere/program', tell: () => {} })).rejects.toThrow('ENOENT');
});
