/** Whether a deployment finds room on its compute target at the moment. Pure. */
import { type Compute, initialReplicas, type ServiceSettings } from '@farled/contract';

/** Sums of decimal vCPUs such as 0.1 are off by tiny amounts. */
const TOLERANCE = 1e-9;

/** Undefined when there is room, and for a Kubernetes, whose scheduler alone knows. */
export function lackOfRoom(
  { name, clusterKind, capacity, reserved }: Pick<Compute, 'name' | 'clusterKind' | 'capacity' | 'reserved'>,
  settings: ServiceSettings,
): string | undefined {
  if (clusterKind !== 'local') {
    return undefined;
  }
  const replicas = initialReplicas(settings);
  const { cpu, memoryInGB } = settings.containerResourceRequirements;
  const lacks = [
    lack(replicas * cpu, capacity.cpu - reserved.cpu, capacity.cpu, 'vCPU'),
    lack(replicas * memoryInGB, capacity.memoryInGB - reserved.memoryInGB, capacity.memoryInGB, 'GB of memory'),
  ].filter((text) => text !== undefined);
  return lacks.length === 0
    ? undefined
    : `Compute target "${name}" has no room for ${replicas} x (${cpu} vCPU, ${memoryInGB} GB): it needs ${lacks.join('; and ')}. Ask for less cpu or memory, delete a service, or use a larger compute target.`;
}

function lack(wanted: number, free: number, total: number, unit: string): string | undefined {
  return wanted > free + TOLERANCE
    ? `${rounded(wanted)} ${unit}, ${rounded(Math.max(0, free))} of ${rounded(total)} are free`
    : undefined;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
