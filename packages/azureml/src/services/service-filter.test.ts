import { routes } from '@farled/contract';
import { expect, test } from 'vitest';

import { nextPage, serviceFilter } from './service-filter.ts';

test.each<readonly [Readonly<Record<string, string>>, object | null]>([
  [{ expand: 'true' }, {}],
  [{ computeType: 'AKS' }, { computeType: 'AKS' }],
  [{ modelName: 'm' }, { modelName: 'm' }],
  [{ modelId: 'm:1' }, { modelId: 'm:1' }],
  [{ tags: 'a,b=c' }, { tag: ['a', 'b=c'] }],
  [{ properties: 'a=b' }, { property: ['a=b'] }],
  [{ tags: '', properties: '', modelId: '' }, {}],
  [{ imageName: 'x' }, null],
  [{ imageId: 'x:1' }, null],
  [{ imageDigest: 'sha256:0' }, null],
  [
    { $skipToken: 'next', count: '5' },
    { skipToken: 'next', count: '5' },
  ],
])('%j', (query, filter) => {
  expect(serviceFilter(query)).toEqual(filter);
  expect(filter === null || routes.services.list.query.safeParse(filter).success).toBe(true);
});

test('a model id that is none is told', () => {
  expect(() => serviceFilter({ modelId: 'm' })).toThrow('"m" is not name:version');
});

test('the next page is asked for as this one was', () => {
  const next = nextPage('https://host/services', { expand: 'true', tags: 'a=b', $skipToken: 'old' }, 'new');
  expect(Object.fromEntries(new URL(next).searchParams)).toEqual({ expand: 'true', tags: 'a=b', $skipToken: 'new' });
});
