import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Parts } from '../../command.ts';
import { simulateAutoscaling } from './simulate.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-simulate-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const NOTHING_SAID = {
  settings: undefined,
  law: [],
  serviceMs: undefined,
  replicaStartSeconds: undefined,
  initialReplicas: undefined,
  svg: undefined,
};

async function simulated(said: Partial<Parameters<typeof simulateAutoscaling.run>[0]> & { trace: string }) {
  const parts = { folder, signal: new AbortController().signal } as Parts;
  const result = await simulateAutoscaling.run({ ...NOTHING_SAID, ...said }, parts, []);
  return result?.value as Record<string, unknown>[];
}

describe('a simulation', () => {
  test("of the documentation's example comes to its 286 replicas", async () => {
    const requests = Array.from({ length: 20 * 180 }, (_, index) => `${index / 20},10000`);
    await writeFile(join(folder, 'trace.csv'), ['at,serviceMs', ...requests].join('\n'));
    await writeFile(join(folder, 'dc.json'), JSON.stringify({ autoScaler: { maxReplicas: 1000 } }));
    const [row] = await simulated({
      trace: 'trace.csv',
      settings: 'dc.json',
      initialReplicas: 400,
      law: ['compatible'],
    });
    expect(row).toMatchObject({ law: 'compatible', answered: 3600, refused: 0 });
    expect(row?.['decisions']).toEqual([
      { at: 60, replicas: 286, because: expect.stringContaining('scaled from 400 to 286') },
    ]);
  });

  test('compares laws on a generated trace, and draws them', async () => {
    const rows = await simulated({ trace: 'generate:steady:7', law: ['knative', 'compatible'], svg: 'drawing.svg' });
    expect(rows.map(({ law }) => law)).toEqual(['knative', 'compatible']);
    expect(rows[0]?.['answered']).toBeGreaterThan(20_000);
    const drawing = await readFile(join(folder, 'drawing.svg'), 'utf8');
    expect(drawing).toMatch(/^<svg [^]*steady[^]*knative[^]*compatible[^]*<\/svg>\n$/);
    expect(drawing).not.toContain('NaN');
  });

  test.each([
    [{ trace: 'missing.csv' }, 'missing.csv'],
    [{ trace: 'generate:calm' }, 'KIND'],
    [{ trace: 'generate:steady', serviceMs: -1 }, '--service-ms'],
    [{ trace: 'generate:steady', initialReplicas: 11 }, '--initial-replicas is 11; it must be 1 to maxReplicas, 10'],
    [{ trace: 'generate:steady', replicaStartSeconds: 1e9 }, '--replica-start-seconds'],
    [{ trace: 'generate:steady', settings: 'conflict.json' }, 'autoScaler.minReplicas'],
  ])('refuses what it cannot use: %j', async (said, message) => {
    await writeFile(join(folder, 'conflict.json'), JSON.stringify({ autoScaler: { minReplicas: 5, maxReplicas: 2 } }));
    const refused: unknown = await simulated(said).catch((error: unknown) => error);
    expect(JSON.stringify(refused, ['message', 'suggestion']) + String(refused)).toContain(message);
  });
});
