import { CLUSTER_STATISTICS, type ClusterDecisions } from '@farled/contract';
import type { KubernetesClient } from '@farled/kubernetes';
import { expect, test } from 'vitest';

import { readDecisions } from './read-decisions.ts';

/** The ConfigMap with this text; null: without it; undefined: there is no ConfigMap. */
function read(text: string | null | undefined) {
  const data = typeof text === 'string' ? { [CLUSTER_STATISTICS.decisionsKey]: text } : {};
  const client = { get: async () => (text === undefined ? undefined : { data }) } as unknown as KubernetesClient;
  return readDecisions(client, 'a', new AbortController().signal);
}

const TOLD = {
  a: [
    {
      at: '2026-01-01T00:00:00.000Z',
      outcome: 'scaled',
      busy: 1,
      queued: 0,
      isComplete: true,
      replicas: 1,
      desired: 2,
      settings: {
        minReplicas: 1,
        maxReplicas: 2,
        targetUtilization: 70,
        refreshPeriodInSeconds: 1,
        maxConcurrentRequestsPerContainer: 1,
      },
      because: 'of a test',
    },
  ],
} satisfies ClusterDecisions;

test('those of the service are read, of which there may be none', async () => {
  expect(await read(JSON.stringify(TOLD))).toEqual(TOLD.a);
  expect(await read('{}')).toEqual([]);
  expect(await read(null)).toEqual([]);
});

test.each([
  ['there is no ConfigMap', undefined, 'older than this Farled'],
  ['it is no JSON', '{', 'no release of Farled'],
  ['it is of another form', '{"a": 1}', 'no release of Farled'],
])('when %s, it is said', async (_what, text, says) => {
  await expect(read(text)).rejects.toMatchObject({
    code: 'Unavailable',
    message: expect.stringContaining(says) as string,
  });
});
