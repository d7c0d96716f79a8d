import fc from 'fast-check';
import { expect, test } from 'vitest';

import { InformerCache } from './informer-cache.ts';
import type { Change } from './informer-cache.ts';
import type { KubernetesObject } from './objects.ts';

function object(name: string, version: number, uid = 'u'): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'n', uid, resourceVersion: String(version), managedFields: [] } as never,
  };
}

function names(changes: readonly Change<KubernetesObject>[]) {
  return changes.map(({ before, after }) => [before?.metadata.resourceVersion, after?.metadata.resourceVersion]);
}

test('new, changed, the same again, another of the same name, gone', () => {
  const cache = new InformerCache<KubernetesObject>();
  expect(names(cache.set(object('a', 1)))).toEqual([[undefined, '1']]);
  expect(names(cache.set(object('a', 2)))).toEqual([['1', '2']]);
  expect(cache.set(object('a', 2))).toEqual([]);
  expect(names(cache.set(object('a', 3, 'v')))).toEqual([
    ['2', undefined],
    [undefined, '3'],
  ]);
  expect(names(cache.remove(object('a', 4, 'v')))).toEqual([['3', undefined]]);
  expect(cache.remove(object('a', 4, 'v'))).toEqual([]);
});

test('only what is selected is kept, and never who manages which field', () => {
  const whole = new InformerCache<KubernetesObject>();
  whole.set(object('a', 1));
  expect(whole.get('n', 'a')?.metadata).toEqual({ name: 'a', namespace: 'n', uid: 'u', resourceVersion: '1' });
  const cache = new InformerCache<KubernetesObject>(({ apiVersion, kind, metadata: { name } }) => ({
    apiVersion,
    kind,
    metadata: { name },
  }));
  cache.set(object('a', 1));
  expect(cache.get('n', 'a')).toEqual({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } });
  expect(cache.set(object('a', 1))).toEqual([]);
  expect([...cache.all()]).toHaveLength(cache.size);
});

test('changes that are carried out one after the other lead to what the cache holds', () => {
  const any = fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'd'),
    version: fc.nat(5),
    uid: fc.constantFrom('u', 'v'),
  });
  const step = fc.oneof(
    any.map((one) => ({ act: 'set' as const, objects: [one] })),
    any.map((one) => ({ act: 'remove' as const, objects: [one] })),
    fc.uniqueArray(any, { selector: ({ name }) => name }).map((objects) => ({ act: 'replace' as const, objects })),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const cache = new InformerCache<KubernetesObject>();
      const told = new Map<string, KubernetesObject>();
      for (const { act, objects } of steps) {
        const real = objects.map(({ name, version, uid }) => object(name, version, uid));
        const [first] = real;
        const changes =
          act === 'replace'
            ? cache.replace(real.map((one) => cache.read(one)))
            : first === undefined
              ? []
              : cache[act](first);
        for (const { before, after } of changes) {
          const { name } = (after ?? before)?.metadata ?? { name: '' };
          expect(told.get(name)).toBe(before);
          if (after === undefined) {
            told.delete(name);
          } else {
            told.set(name, after);
          }
        }
        if (act === 'replace') {
          expect([...cache.all()].map(({ metadata }) => metadata.name).toSorted()).toEqual(
            objects.map(({ name }) => name).toSorted(),
          );
        }
        expect(new Set(cache.all())).toEqual(new Set(told.values()));
      }
    }),
  );
});
