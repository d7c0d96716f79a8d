import { expect, test } from 'vitest';

import { routes } from './index.ts';

const all = Object.values(routes).flatMap((group) => Object.values(group));

test('operation ids are unique, and so are method and path together', () => {
  expect(new Set(all.map((route) => route.operationId)).size).toBe(all.length);
  expect(new Set(all.map((route) => `${route.method} ${route.path}`)).size).toBe(all.length);
});

test.each(all.map((route) => [route.operationId, route] as const))(
  '%s declares exactly the parameters of its path',
  (_id, route) => {
    const inPath = [...route.path.matchAll(/:([A-Za-z0-9]+)/g)].map(([, name]) => name);
    const declared = 'params' in route ? Object.keys(route.params.shape) : [];
    expect(new Set(declared)).toEqual(new Set(inPath));
  },
);
