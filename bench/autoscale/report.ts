/** The outcomes as a table, each beside Knative's and beside the limit, and the figures of all traces together. */
import type { Outcome } from '@farled/autoscaling';

export interface Row extends Omit<Outcome, 'replicas' | 'looks'> {
  readonly trace: string;
  readonly scaler: string;
  readonly mostReplicas: number;
}

export interface ReportOptions {
  readonly json: boolean;
  /** The scaler that the figures are of. */
  readonly of: string;
  readonly rival: string;
  readonly limit: string;
}

interface Compared extends Row {
  /** Refusals and missed deadlines as a multiple of the rival's: one is added to both, for there may be none. */
  readonly missesVsRival: number;
  readonly costVsRival: number;
  readonly costVsLimit: number;
}

export function print(rows: readonly Row[], { json, of, rival, limit }: ReportOptions): void {
  const compared = rows.map((row): Compared => {
    const other = (scaler: string): Row => rows.find((one) => one.trace === row.trace && one.scaler === scaler) ?? row;
    return {
      ...row,
      missesVsRival: (misses(row) + 1) / (misses(other(rival)) + 1),
      costVsRival: row.replicaSeconds / other(rival).replicaSeconds,
      costVsLimit: row.replicaSeconds / other(limit).replicaSeconds,
    };
  });
  const ours = compared.filter(({ scaler }) => scaler === of);
  const figures = {
    missesVsKpa: geometricMean(ours.map(({ missesVsRival }) => missesVsRival)),
    /** Of all traces together, in which those count most that are hard for both. */
    summedMissesVsKpa: sumOfMisses(rows, of) / sumOfMisses(rows, rival),
    costVsKpa: geometricMean(ours.map(({ costVsRival }) => costVsRival)),
    costVsClairvoyant: geometricMean(ours.map(({ costVsLimit }) => costVsLimit)),
  };
  if (json) {
    process.stdout.write(`${JSON.stringify({ title: 'autoscale', rows: compared, ...figures })}\n`);
    return;
  }
  process.stdout.write(`${line(HEAD)}${compared.map((row) => line(cells(row))).join('')}`);
  for (const [name, value] of Object.entries(figures)) {
    process.stdout.write(`${name} ${value.toFixed(2)}\n`);
  }
}

type Cells = readonly [trace: string, scaler: string, ...figures: string[]];

const HEAD: Cells = [
  'trace',
  'scaler',
  'answered',
  'refused',
  'missed',
  'p50 ms',
  'p99 ms',
  'replica-s',
  'most',
  'misses/kpa',
  'cost/kpa',
  'cost/limit',
];

function cells(row: Compared): Cells {
  const { trace, scaler, answered, refused, missed, p50WaitMs, p99WaitMs, replicaSeconds, mostReplicas } = row;
  return [
    trace,
    scaler,
    ...[answered, refused, missed, p50WaitMs, p99WaitMs, replicaSeconds, mostReplicas].map((count) => count.toFixed(0)),
    ...[row.missesVsRival, row.costVsRival, row.costVsLimit].map((ratio) => ratio.toFixed(2)),
  ];
}

function line([trace, scaler, ...figures]: Cells): string {
  return `${trace.padEnd(27)}${scaler.padEnd(15)}${figures.map((figure) => figure.padStart(11)).join('')}\n`;
}

function misses({ refused, missed }: Row): number {
  return refused + missed;
}

function sumOfMisses(rows: readonly Row[], of: string): number {
  return rows.filter(({ scaler }) => scaler === of).reduce((sum, row) => sum + misses(row), 0);
}

function geometricMean(ratios: readonly number[]): number {
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}
