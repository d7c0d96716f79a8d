import { describe, expect, test } from 'vitest';

import { ANYWHERE, Placement } from './placement.ts';

const LONG = 'a'.repeat(63);
const labels = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`label-${index}`, '']));

test('what is not said leaves every node, and counts NVIDIA GPUs', () => {
  expect(ANYWHERE).toEqual({
    nodeSelector: {},
    tolerations: [],
    runtimeClassName: null,
    acceleratorResource: 'nvidia.com/gpu',
  });
});

test.each<[placement: object]>([
  [{ nodeSelector: { pool: 'gpu', 'example.com/Zone_1': '', [`${'b.'.repeat(100)}c/${LONG}`]: LONG } }],
  [{ nodeSelector: labels(32) }],
  [{ tolerations: [{ operator: 'Exists' }] }],
  [{ tolerations: [{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }] }],
  [{ tolerations: [{ key: 'sku', operator: 'Exists', value: '', effect: 'NoExecute', tolerationSeconds: 0 }] }],
  [{ tolerations: [{ key: 'sku', operator: 'Equal' }] }],
  [{ runtimeClassName: 'kata.v2' }],
  [{ acceleratorResource: 'xilinx.com/fpga-xilinx_u250_gen3x16_base_4-0' }],
])('%j is taken as it is', (placement) => {
  expect(Placement.parse(placement)).toEqual({ ...ANYWHERE, ...placement });
});

describe('what Kubernetes would refuse is refused with its rule:', () => {
  test.each<[placement: object, path: string, rule: string]>([
    [{ nodeSelector: { 'a b': 'x' } }, 'nodeSelector.a b', "label's key"],
    [{ nodeSelector: { 'a/b/c': 'x' } }, 'nodeSelector.a/b/c', "label's key"],
    [{ nodeSelector: { 'UPPER.com/x': 'x' } }, 'nodeSelector.UPPER.com/x', "label's key"],
    [{ nodeSelector: { [`${LONG}a`]: 'x' } }, `nodeSelector.${LONG}a`, "label's key"],
    [{ nodeSelector: { pool: '-gpu' } }, 'nodeSelector.pool', "label's value"],
    [{ nodeSelector: { pool: `${LONG}a` } }, 'nodeSelector.pool', "label's value"],
    [{ nodeSelector: labels(33) }, 'nodeSelector', 'more than 32'],
    [{ tolerations: [{}] }, 'tolerations.0.operator', 'must be Exists where no key is given'],
    [{ tolerations: [{ key: 'a', operator: 'In' }] }, 'tolerations.0.operator', 'Exists, Equal'],
    [{ tolerations: [{ key: 'a', effect: 'noSchedule' }] }, 'tolerations.0.effect', 'NoSchedule, PreferNoSchedule'],
    [{ tolerations: [{ key: 'a', operator: 'Exists', value: 'b' }] }, 'tolerations.0.value', 'left out'],
    [{ tolerations: [{ key: 'a', tolerationSeconds: 9 }] }, 'tolerations.0.effect', 'must be NoExecute'],
    [
      { tolerations: [{ key: 'a', effect: 'NoExecute', tolerationSeconds: -1 }] },
      'tolerations.0.tolerationSeconds',
      '0',
    ],
    [{ tolerations: Array.from({ length: 33 }, () => ({ operator: 'Exists' })) }, 'tolerations', '32'],
    [{ tolerations: [{ key: 'a', when: 'never' }] }, 'tolerations.0', 'when'],
    [{ runtimeClassName: 'gVisor' }, 'runtimeClassName', 'RuntimeClass'],
    [{ acceleratorResource: 'cpu' }, 'acceleratorResource', 'nvidia.com/gpu'],
    [{ acceleratorResource: 'kubernetes.io/gpu' }, 'acceleratorResource', 'nvidia.com/gpu'],
    [{ acceleratorResource: 'node.kubernetes.io/gpu' }, 'acceleratorResource', 'nvidia.com/gpu'],
    [{ acceleratorResource: 'requests.example.com/gpu' }, 'acceleratorResource', 'nvidia.com/gpu'],
    [{ acceleratorResource: `${'a'.repeat(245)}/gpu` }, 'acceleratorResource', 'nvidia.com/gpu'],
    [{ affinity: {} }, '', 'affinity'],
  ])('%j', (placement, path, rule) => {
    const issues = Placement.safeParse(placement).error?.issues ?? [];
    expect(issues.map((issue) => issue.path.join('.'))).toContain(path);
    expect(issues.map(({ message }) => message).join()).toContain(rule);
  });
});
