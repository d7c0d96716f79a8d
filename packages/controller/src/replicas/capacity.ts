/** Who has how much of a compute target, and whether more fits. */
import { clusterCapacity, type ErrorBody, initialReplicas, type ServiceSettings } from '@farled/contract';
import type { ComputeRecord } from '@farled/state';

import { errorBody } from '../service/status.ts';

export interface Resources {
  readonly cpu: number;
  readonly memoryInGB: number;
}

/** What so many replicas of a service reserve together. */
function requestedBy(settings: ServiceSettings, replicas = initialReplicas(settings)): Resources {
  const { cpu, memoryInGB } = settings.containerResourceRequirements;
  return { cpu: replicas * cpu, memoryInGB: replicas * memoryInGB };
}

/**
 * The reservations on all compute targets. In memory, because it follows from the record and from what runs; taking
 * one is a single step, so two services never get the same room.
 */
export class Reservations {
  readonly #byService = new Map<string, { readonly computeId: string; readonly resources: Resources }>();

  /** Reserves, in place of what the service had before; or says why that is not possible, leaving things as they were. */
  reserve(serviceId: string, compute: ComputeRecord, settings: ServiceSettings): ErrorBody | null {
    const wanted = requestedBy(settings);
    const fault = roomFault(compute, wanted, this.#reservedByOthers(serviceId, compute.id), settings);
    if (fault === null) {
      this.#byService.set(serviceId, { computeId: compute.id, resources: wanted });
    }
    return fault;
  }

  /** Notes what a service has that runs already, whatever there is room for. */
  adopt(serviceId: string, compute: ComputeRecord, settings: ServiceSettings): void {
    this.#byService.set(serviceId, { computeId: compute.id, resources: requestedBy(settings) });
  }

  /** Reserves for as many replicas as are wanted, or as there is room for. Answers how many that are. */
  grow(serviceId: string, compute: ComputeRecord, settings: ServiceSettings, wanted: number): number {
    const { cpu, memoryInGB } = settings.containerResourceRequirements;
    const total = clusterCapacity(compute);
    const taken = this.#reservedByOthers(serviceId, compute.id);
    const room = Math.floor(
      Math.min((total.cpu - taken.cpu) / cpu, (total.memoryInGB - taken.memoryInGB) / memoryInGB) + TOLERANCE,
    );
    // The first ones have their room already, whatever it was found by.
    const replicas = Math.max(Math.min(wanted, initialReplicas(settings)), Math.min(wanted, room));
    this.#byService.set(serviceId, { computeId: compute.id, resources: requestedBy(settings, replicas) });
    return replicas;
  }

  release(serviceId: string): void {
    this.#byService.delete(serviceId);
  }

  #reservedByOthers(serviceId: string, computeId: string): Resources {
    let cpu = 0;
    let memoryInGB = 0;
    for (const [id, reservation] of this.#byService) {
      if (id !== serviceId && reservation.computeId === computeId) {
        cpu += reservation.resources.cpu;
        memoryInGB += reservation.resources.memoryInGB;
      }
    }
    return { cpu, memoryInGB };
  }
}

/** Sums of decimal vCPUs such as 0.1 are off by tiny amounts. */
const TOLERANCE = 1e-9;

function roomFault(
  compute: ComputeRecord,
  wanted: Resources,
  taken: Resources,
  settings: ServiceSettings,
): ErrorBody | null {
  const total = clusterCapacity(compute);
  const free = { cpu: total.cpu - taken.cpu, memoryInGB: total.memoryInGB - taken.memoryInGB };
  const lacks = [
    ...(wanted.cpu > free.cpu + TOLERANCE
      ? [`${format(wanted.cpu)} vCPU, ${format(free.cpu)} of ${format(total.cpu)} are free`]
      : []),
    ...(wanted.memoryInGB > free.memoryInGB + TOLERANCE
      ? [
          `${format(wanted.memoryInGB)} GB of memory, ${format(free.memoryInGB)} of ${format(total.memoryInGB)} are free`,
        ]
      : []),
  ];
  if (lacks.length === 0) {
    return null;
  }
  const { cpu, memoryInGB } = settings.containerResourceRequirements;
  return errorBody(
    'Unschedulable',
    `Compute target "${compute.name}" has no room for ${initialReplicas(settings)} x (${cpu} vCPU, ${memoryInGB} GB): it needs ${lacks.join('; and ')}.`,
    'Ask for less cpu or memory, delete a service, or use a larger compute target.',
  );
}

function format(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
