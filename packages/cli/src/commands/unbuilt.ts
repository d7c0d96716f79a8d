/** Commands of `az ml` whose part of the product does not exist yet: each says so. */
import { notSupportedYet } from '@farled/sdk';

import type { Command } from '../command.ts';

const TABLE: readonly (readonly [path: string, instead: string])[] = [
  [
    'computetarget update aks',
    'Attach a Kubernetes again to change it; or create another compute target, and deploy to it.',
  ],
  ['computetarget create amlcompute', 'Training is not part of Farled; use computetarget create aks.'],
  ['computetarget create computeinstance', 'Training is not part of Farled; use computetarget create aks.'],
  ['computetarget attach remote', 'Training is not part of Farled; use computetarget attach aks.'],
  ['model profile', 'Name cpu and memory in the deployment config.'],
];

export const UNBUILT_COMMANDS: readonly Command[] = TABLE.map(([path, instead]) => ({
  path: path.split(' '),
  summary: 'Not supported yet.',
  examples: [],
  options: {},
  unbuilt: true,
  run: () => Promise.reject(notSupportedYet(`\`farled ${path}\``, instead)),
}));
