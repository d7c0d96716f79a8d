/** Amounts as Kubernetes writes them, in the form that it would give them itself: else each look shows a difference. */

const BYTES_PER_GB = 1024 ** 3;
const BYTES_PER_MEBIBYTE = 1024 ** 2;

/** vCPUs, to a thousandth; the least there is when it would be none. */
export function cpuQuantity(cpu: number): string {
  const thousandths = Math.max(1, Math.round(cpu * 1000));
  return thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`;
}

/** The original's GB are 1024³ bytes. */
export function memoryQuantity(gigabytes: number): string {
  const bytes = Math.max(1, Math.round(gigabytes * BYTES_PER_GB));
  if (bytes % BYTES_PER_GB === 0) {
    return `${bytes / BYTES_PER_GB}Gi`;
  }
  return bytes % BYTES_PER_MEBIBYTE === 0 ? `${bytes / BYTES_PER_MEBIBYTE}Mi` : String(bytes);
}
