/** Measures several things by turns, so that noise of the machine meets all of them, and prints medians and ratios. */
import type { Measured } from './load.ts';

export interface Contender {
  readonly name: string;
  readonly measure: () => Promise<Measured>;
}

export interface Row extends Measured {
  readonly name: string;
  /** Requests per second, as a multiple of the first one's. */
  readonly ratio: number;
}

export interface ComparisonOptions {
  readonly title: string;
  readonly rounds: number;
  readonly json: boolean;
  /** What is to be said of them together, by its name in `--json`. */
  readonly figures?: (rows: readonly Row[]) => Readonly<Record<string, number>>;
}

/** The first contender is Farled; the others are what it is held against. */
export async function compare(contenders: readonly Contender[], options: ComparisonOptions): Promise<readonly Row[]> {
  const measured = new Map<string, Measured[]>(contenders.map(({ name }) => [name, []]));
  for (const { measure } of contenders) {
    await measure(); // Warm: connections, compiled code, caches.
  }
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const { name, measure } of contenders) {
      measured.get(name)?.push(await measure());
    }
  }
  const medians = contenders.map(({ name }) => ({ name, ...medianOf(measured.get(name) ?? []) }));
  const [first] = medians;
  const rows = medians.map((row) => ({ ...row, ratio: row.requestsPerSecond / (first?.requestsPerSecond ?? 1) }));
  print(rows, options);
  return rows;
}

function medianOf(all: readonly Measured[]): Measured {
  const median = (field: keyof Measured): number => {
    const sorted = all.map((one) => one[field]).toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  };
  return {
    requestsPerSecond: median('requestsPerSecond'),
    p50Ms: median('p50Ms'),
    p99Ms: median('p99Ms'),
    cpuMicroseconds: median('cpuMicroseconds'),
    errors: all.reduce((sum, one) => sum + one.errors, 0),
  };
}

function print(rows: readonly Row[], { title, rounds, json, figures }: ComparisonOptions): void {
  const together = figures?.(rows) ?? {};
  if (json) {
    process.stdout.write(`${JSON.stringify({ title, rounds, rows, ...together })}\n`);
    return;
  }
  const [first] = rows;
  process.stdout.write(`${title}, median of ${rounds} rounds\n`);
  for (const row of rows) {
    const cpu = Number.isNaN(row.cpuMicroseconds) ? '' : `  cpu ${row.cpuMicroseconds.toFixed(1).padStart(5)} us`;
    const against = row === first ? '' : `  ${first?.name} is ${(1 / row.ratio).toFixed(2)} x`;
    process.stdout.write(
      `${row.name.padEnd(34)} ${row.requestsPerSecond.toFixed(0).padStart(8)} requests/s  p50 ${row.p50Ms.toFixed(2).padStart(6)} ms  p99 ${row.p99Ms.toFixed(2).padStart(7)} ms  errors ${row.errors}${cpu}${against}\n`,
    );
  }
  for (const [name, value] of Object.entries(together)) {
    process.stdout.write(`${name} ${value.toFixed(2)}\n`);
  }
}
