import { expect, test } from 'vitest';

import { placementOf } from './placement-options.ts';

const NOTHING = { nodeSelector: undefined, tolerations: [], runtimeClass: undefined, acceleratorResource: undefined };

test('nothing is said of nodes unless an option is', () => {
  expect(placementOf(NOTHING)).toBeUndefined();
  expect(placementOf({ ...NOTHING, nodeSelector: { pool: 'gpu' } })).toMatchObject({ nodeSelector: { pool: 'gpu' } });
  expect(placementOf({ ...NOTHING, runtimeClass: 'kata' })).toMatchObject({ runtimeClassName: 'kata' });
  expect(placementOf({ ...NOTHING, acceleratorResource: 'a.b/c' })).toMatchObject({ acceleratorResource: 'a.b/c' });
});

test.each<[said: string, toleration: object]>([
  ['sku', { key: 'sku', operator: 'Exists', effect: undefined }],
  ['example.com/sku:NoExecute', { key: 'example.com/sku', operator: 'Exists', effect: 'NoExecute' }],
  ['sku=gpu', { key: 'sku', operator: 'Equal', value: 'gpu', effect: undefined }],
  ['sku=:noschedule', { key: 'sku', operator: 'Equal', value: '', effect: 'NoSchedule' }],
])('the taint %s is tolerated', (said, toleration) => {
  expect(placementOf({ ...NOTHING, tolerations: [said] })?.tolerations).toEqual([toleration]);
});

test.each(['', '=gpu', ':NoSchedule', 'sku:Never', 'sku:', 'a:NoSchedule:NoExecute'])('%j names no taint', (said) => {
  expect(() => placementOf({ ...NOTHING, tolerations: [said] })).toThrow(`KEY[=VALUE][:EFFECT]`);
});
