import { routes } from '@farled/contract';
import { silentLogger, systemClock } from '@farled/service';
import { expect, test } from 'vitest';

import { createApi } from './api.ts';
import type { AppParts } from './parts.ts';
import { deployment, furnish, startTestApp } from './testing/test-app.ts';

const params = { subscriptionId: 'sub', resourceGroup: 'rg', workspace: 'ws', service: 'mysvc' };
const context = { signal: new AbortController().signal };

test('what is rehearsed is checked and not kept, and then comes about in earnest', async () => {
  await using app = await startTestApp();
  await furnish(app);
  const { state, artifacts, clusters } = app;
  const parts = { state, artifacts, clusters, clock: systemClock, log: silentLogger, scoringUrl: () => 'http://x' };
  const api = createApi(parts as unknown as AppParts);
  const changed: string[] = [];
  state.changes.subscribe(({ id }) => changed.push(id));
  const body = (await deployment(app)) as Parameters<typeof api.call<typeof routes.services.deploy>>[1]['body'];

  await api.rehearse(routes.services.deploy, { params, query: undefined, body }, context);
  const { key } = await state.workspaces.get(params);
  expect(await state.services.find(key, 'mysvc')).toBeUndefined();
  expect((await state.environments.list(key, { count: 10 })).value).toEqual([]);
  expect((await state.operations.list(key, { count: 10 })).value).toHaveLength(1);
  expect(changed).toEqual([]);

  const faults = {
    ModelNotFound: { models: ['other:1'] },
    ComputeNotFound: { computeName: 'other' },
    BadArgument: { settings: { numReplicas: -1 } },
  };
  for (const [code, wrong] of Object.entries(faults)) {
    const input = { params, query: undefined, body: { ...body, ...wrong } };
    const rehearsal = api.rehearse(routes.services.deploy, input, context);
    await expect(rehearsal).rejects.toMatchObject({ code });
  }

  await api.call(routes.services.deploy, { params, query: undefined, body }, context);
  const again = api.rehearse(routes.services.deploy, { params, query: undefined, body }, context);
  await expect(again).rejects.toMatchObject({ code: 'ServiceAlreadyExists' });
});
