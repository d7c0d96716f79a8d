import { CLUSTER_STATISTICS, type ClusterStatistics } from '@farled/contract';
import type { KubernetesClient } from '@farled/kubernetes';
import { expect, test } from 'vitest';

import { readClusterStatistics } from './cluster-statistics.ts';

const TOLD: ClusterStatistics = { at: 1000, isComplete: true, routers: [] };
const SIGNAL = new AbortController().signal;

/** The ConfigMap with this text; null: without it; undefined: there is no ConfigMap. */
const read = (text: string | null | undefined, now = 2000) => {
  const data = typeof text === 'string' ? { [CLUSTER_STATISTICS.key]: text } : {};
  const client = { get: async () => (text === undefined ? undefined : { data }) } as unknown as KubernetesClient;
  return readClusterStatistics(client, now, SIGNAL);
};

test('what the routers wrote is read while it is fresh', async () => {
  expect(await read(JSON.stringify(TOLD))).toEqual({ kind: 'told', statistics: TOLD });
  expect(await read(JSON.stringify(TOLD), 61_001)).toEqual({
    kind: 'untold',
    because: 'The routers last wrote the ConfigMap farled-system/farled-router-statistics 60 s ago.',
  });
});

test.each<[string, string | null | undefined, string]>([
  ['there is none', undefined, 'Bring them up to date'],
  ['it is empty', null, 'have not written'],
  ['it is no JSON', '{', 'of no release of Farled'],
  ['it is of another form', '{"at": "now"}', 'of no release of Farled'],
])('when %s, it is said', async (_what, text, says) => {
  expect(await read(text)).toMatchObject({ kind: 'untold', because: expect.stringContaining(says) as string });
});
