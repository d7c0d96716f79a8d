/** Objects as people and kubectl read them: one document each. */
import { stringify } from 'yaml';

import type { KubernetesObject } from './objects.ts';

export function toYaml(objects: readonly KubernetesObject[]): string {
  return objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');
}
