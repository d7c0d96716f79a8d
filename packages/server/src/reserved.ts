import { initialReplicas } from '@farled/contract';
import type { ServiceRecord } from '@farled/state';

/** What the services that have room on a compute target reserve of it together. */
export function reservedBy(services: readonly ServiceRecord[]): { cpu: number; memoryInGB: number } {
  let cpu = 0;
  let memoryInGB = 0;
  for (const { spec, lastGood, status } of services) {
    const runs = status.state === 'Failed' || status.state === 'Unschedulable' ? lastGood?.spec : spec;
    if (runs !== undefined) {
      const replicas = initialReplicas(runs.settings);
      cpu += replicas * runs.settings.containerResourceRequirements.cpu;
      memoryInGB += replicas * runs.settings.containerResourceRequirements.memoryInGB;
    }
  }
  return { cpu: round(cpu), memoryInGB: round(memoryInGB) };
}

/** Sums of decimal vCPUs such as 0.1 are off by tiny amounts. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
