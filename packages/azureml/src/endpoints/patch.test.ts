import { describe, expect, test } from 'vitest';

import { readEndpointPatch } from './patch.ts';

const replace = (path: string, value: unknown) => ({ op: 'replace', path, value });
const others = [replace('/versions/blue/isDefault', false), replace('/versions/blue/type', 'Treatment')];

describe('a patch of an endpoint', () => {
  test('adds a version, whatever is denied of the others for its sake', () => {
    const variant = { computeType: 'AKS', isDefault: true, type: 'Control', trafficPercentile: 10 };
    expect(readEndpointPatch([...others, { op: 'add', path: '/versions/green', value: variant }])).toMatchObject({
      kind: 'create',
      version: 'green',
      variant: { isDefault: true, type: 'Control', trafficPercentile: 10 },
    });
  });

  test('removes a version', () => {
    const patch = [{ op: 'remove', path: '/versions/green', value: undefined }];
    expect(readEndpointPatch(patch)).toEqual({ kind: 'delete', version: 'green' });
  });

  test('changes a version and its share', () => {
    const patch = [
      ...others,
      replace('/versions/green/isDefault', true),
      replace('/versions/green/trafficPercentile', 30),
      replace('/versions/green/autoScaler/maxReplicas', 4),
      replace('/versions/green/tags', { hue: 'green' }),
      replace('/versions/green/description', 'Green'),
    ];
    expect(readEndpointPatch(patch)).toMatchObject({
      kind: 'version',
      version: 'green',
      share: { isDefault: true, trafficPercentile: 30 },
      change: {
        update: { settings: { autoScaler: { maxReplicas: 4 } }, tags: { hue: 'green' }, description: 'Green' },
      },
    });
  });

  test('changes shares alone as one', () => {
    const patch = [...others, replace('/versions/green/isDefault', true), replace('/versions/green/type', 'Control')];
    expect(readEndpointPatch(patch)).toMatchObject({
      kind: 'endpoint',
      shares: { blue: { isDefault: false, type: 'Treatment' }, green: { isDefault: true, type: 'Control' } },
    });
  });

  test('changes what is said of the endpoint', () => {
    expect(readEndpointPatch([replace('/kvTags', { a: '1' }), replace('/authEnabled', false)])).toMatchObject({
      kind: 'endpoint',
      shares: {},
      change: { update: { tags: { a: '1' }, settings: { authEnabled: false } } },
    });
  });

  test.each([
    ['two versions', [replace('/versions/blue/numReplicas', 1), replace('/versions/green/numReplicas', 1)]],
    ['a version and the endpoint', [replace('/versions/blue/numReplicas', 1), replace('/description', 'x')]],
    [
      'a version and the share of another',
      [replace('/versions/blue/numReplicas', 1), replace('/versions/green/trafficPercentile', 1)],
    ],
    ['a version in whole', [replace('/versions/blue', {})]],
    ['what versions do not have', [replace('/versions/blue/colour', 'blue')]],
  ])('is refused when it changes %s', (_what, patch) => {
    expect(() => readEndpointPatch(patch)).toThrow(expect.objectContaining({ code: 'BadArgument' }));
  });

  test('takes names of members of objects for names of versions', () => {
    expect(readEndpointPatch([replace('/versions/constructor/trafficPercentile', 5)])).toMatchObject({
      shares: { constructor: { trafficPercentile: 5 } },
    });
  });
});
