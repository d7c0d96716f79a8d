/** Which nodes of a Kubernetes services may run on, as `kubectl` spells it. */
import { FarledError, TOLERATION_EFFECTS } from '@farled/contract';
import type { PlacementOptions } from '@farled/sdk';

import type { ValuesOf } from '../../command.ts';
import { pairs, text, texts } from '../../parse/options.ts';

export const PLACEMENT_OPTIONS = {
  nodeSelector: pairs('--node-selector', 'Label that nodes must have to run services; repeat it for more labels.'),
  tolerations: texts(
    '--toleration',
    'KEY[=VALUE][:EFFECT]',
    'Taint of nodes that services may run on all the same; repeat it for more taints.',
  ),
  runtimeClass: text('--runtime-class', 'NAME', "RuntimeClass of services' replicas."),
  acceleratorResource: text(
    '--accelerator-resource',
    'NAME',
    'What GPUs of services are counted in, nvidia.com/gpu by default; FPGAs have names of their own.',
  ),
} as const;

/** Undefined when none of the options was given. @throws FarledError BadArgument */
export function placementOf({
  nodeSelector,
  tolerations,
  runtimeClass,
  acceleratorResource,
}: ValuesOf<typeof PLACEMENT_OPTIONS>): PlacementOptions | undefined {
  const given = [nodeSelector, tolerations[0], runtimeClass, acceleratorResource];
  return given.every((one) => one === undefined)
    ? undefined
    : {
        nodeSelector: nodeSelector === undefined ? undefined : { ...nodeSelector },
        tolerations: tolerations.map(tolerationOf),
        runtimeClassName: runtimeClass,
        acceleratorResource,
      };
}

type Toleration = NonNullable<PlacementOptions['tolerations']>[number];

/** Without a value every value is meant, and without an effect every effect. */
function tolerationOf(said: string): Toleration {
  const [taint = '', word, ...more] = said.split(':');
  const at = taint.indexOf('=');
  const effect = TOLERATION_EFFECTS.find((one) => one.toLowerCase() === word?.toLowerCase());
  if (taint === '' || at === 0 || more.length > 0 || (word !== undefined && effect === undefined)) {
    throw new FarledError(
      'BadArgument',
      `--toleration must be KEY[=VALUE][:EFFECT] with an effect of ${TOLERATION_EFFECTS.join(', ')}, not "${said}".`,
    );
  }
  return at === -1
    ? { key: taint, operator: 'Exists', effect }
    : { key: taint.slice(0, at), operator: 'Equal', value: taint.slice(at + 1), effect };
}
