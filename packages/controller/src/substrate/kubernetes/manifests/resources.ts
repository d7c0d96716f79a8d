/** What a replica reserves, and what it may use at most. */
import type { ServiceSettings } from '@farled/contract';
import type { Container } from '@farled/kubernetes';

import { cpuQuantity, memoryQuantity } from './quantities.ts';

export function containerResources(
  { cpu, cpuLimit, memoryInGB, memoryInGBLimit, gpu }: ServiceSettings['containerResourceRequirements'],
  acceleratorResource: string,
): NonNullable<Container['resources']> {
  return {
    requests: { cpu: cpuQuantity(cpu), memory: memoryQuantity(memoryInGB) },
    limits: {
      // Without a limit a replica may use what the node has left: nothing is gained by idling it.
      ...(cpuLimit === null ? {} : { cpu: cpuQuantity(cpuLimit) }),
      // As for a replica that is a process: who says nothing is held to what is reserved.
      memory: memoryQuantity(memoryInGBLimit ?? memoryInGB),
      // Devices are never shared or overcommitted: Kubernetes reserves as many as the limit says.
      ...(gpu === 0 ? {} : { [acceleratorResource]: String(gpu) }),
    },
  };
}
