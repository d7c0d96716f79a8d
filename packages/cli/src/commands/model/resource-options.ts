/** What a model asks for when a deployment says nothing. */
import type { ResourceRequirements } from '@farled/contract';

import type { ValuesOf } from '../../command.ts';
import { decimal, whole } from '../../parse/options.ts';

export const RESOURCE_OPTIONS = {
  cpuCores: decimal('--cc --cpu-cores', 'vCPUs that a deployment gets when it says nothing.'),
  memoryGb: decimal('--gb --memory-gb', 'GB of memory that a deployment gets when it says nothing.'),
  gpuCores: whole('--gc --gpu-cores', 'GPUs that a deployment gets when it says nothing.'),
} as const;

export function resourcesOf(values: ValuesOf<typeof RESOURCE_OPTIONS>): ResourceRequirements | undefined {
  const said = Object.entries({ cpu: values.cpuCores, memoryInGB: values.memoryGb, gpu: values.gpuCores });
  const given = said.filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}
