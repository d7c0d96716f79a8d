import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ReplicaReport } from '@farled/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { cutToFit, writeReport } from './report-file.ts';

function report(message: string, traceback: string): ReplicaReport {
  return {
    replica: 'replica-1',
    pid: 1,
    state: 'failed',
    inFlight: 0,
    workers: [{ pid: 2, state: 'starting' }],
    replaced: { crashed: 0, timedOut: 0 },
    failure: { code: 'UserScriptInitFailed', message, traceback },
  };
}

const size = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

test('a report that fits is left as it is', () => {
  const small = report('init() failed', 'line 1');
  expect(cutToFit(small, 4096)).toBe(small);
});

test('a long traceback keeps its end, and the sentence stays', () => {
  const cut = cutToFit(report('init() failed', `${'deep "frame"\n'.repeat(2000)}ValueError: the cause`), 4096);
  expect(cut.failure?.message).toBe('init() failed');
  expect(cut.failure?.traceback).toMatch(/^\.\.\..*ValueError: the cause$/s);
  expect(size(cut)).toBeLessThanOrEqual(4096);
  expect(size(cut)).toBeGreaterThan(4080);
});

test('whatever the texts are, the report fits and can be read', () => {
  const text = fc.string({ unit: 'binary', maxLength: 3000 });
  fc.assert(
    fc.property(text, text, (message, traceback) => {
      const cut = cutToFit(report(message, traceback), 1000);
      expect(size(cut)).toBeLessThanOrEqual(1000);
      expect(ReplicaReport.safeParse(JSON.parse(JSON.stringify(cut))).success).toBe(true);
    }),
  );
});

test('a file that is there is written in place, one that is not comes into being whole', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'farled-report-'));
  try {
    const mounted = join(folder, 'termination-log');
    await writeFile(mounted, '');
    const { ino } = await stat(mounted);
    const long = report('init() failed', 'x'.repeat(10_000));
    await writeReport(mounted, long);
    expect((await stat(mounted)).ino).toBe(ino);
    expect(size(JSON.parse(await readFile(mounted, 'utf8')))).toBeLessThanOrEqual(4096);
    const own = join(folder, 'report.json');
    await writeReport(own, long);
    expect(JSON.parse(await readFile(own, 'utf8'))).toEqual(long);
  } finally {
    await rm(folder, { recursive: true });
  }
});
