import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { expect, test } from 'vitest';

import { identifyProcess, isRunning } from './process-identity.ts';

test('a process runs until it ends', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const identity = await identifyProcess(child.pid ?? 0);
  expect(await isRunning(identity)).toBe(true);
  child.stdin.end();
  await once(child, 'exit');
  expect(await isRunning(identity)).toBe(false);
});

test('a later process with the same number is another one', async () => {
  const identity = await identifyProcess(process.pid);
  expect(await isRunning(identity)).toBe(true);
  expect(await isRunning({ ...identity, startTicks: '1' })).toBe(process.platform !== 'linux');
});
