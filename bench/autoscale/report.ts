/** The outcomes as a table, each beside Knative's and beside the limit, and the figures of all traces together. */
import type { Outcome } from '@farled/autoscaling';

import type { BenchmarkOptions } from '../harness/options.ts';
import { writePage } from '../harness/page/page.ts';

export interface Row extends Omit<Outcome, 'replicas' | 'looks'> {
  readonly trace: string;
  readonly scaler: string;
  readonly mostReplicas: number;
}

export interface ReportOptions extends BenchmarkOptions {
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

export async function print(rows: readonly Row[], { json, write, of, rival, limit }: ReportOptions): Promise<void> {
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
  const lost = ours.filter(
    (row) =>
      !isNoWorse(
        row,
        rows.find((one) => one.trace === row.trace && one.scaler === rival),
      ),
  );
  if (write) {
    await writePage('autoscale', {
      title: 'Autoscaling',
      about: `Eight kinds of load, each twice, with random numbers that the law was not tuned on, and one that was recorded; simulated, before the same queue: what is compared are decisions. Requests take about 0.2 s, wait at most 0.5 s and are late after 0.25 s; replicas take 5 s to start. On ${ours.length - lost.length} of ${ours.length} traces the law \`${of}\` refuses no more than Knative's at no more replica-seconds, or fewer at no more than 1.05 times as many; not on ${lost.map(({ trace }) => trace).join(', ') || 'none'}.`,
      figures: [
        { name: 'missesVsKpa', what: 'refused and late requests', value: figures.missesVsKpa, must: { atMost: 0.7 } },
        { name: 'costVsKpa', what: 'replica-seconds', value: figures.costVsKpa },
        {
          name: 'costVsClairvoyant',
          what: 'replica-seconds',
          value: figures.costVsClairvoyant,
          must: { atMost: 1.35 },
        },
      ],
      tables: [{ title: 'Traces', head: HEAD, rows: compared.map(cells) }],
      charts: [
        {
          kind: 'bars',
          title: 'Replica-seconds against one that knows what comes, geometric mean',
          unit: 'x',
          series: [''],
          groups: [...new Set(rows.map(({ scaler }) => scaler))].map((scaler) => ({
            name: scaler,
            values: [
              geometricMean(compared.filter((row) => row.scaler === scaler).map(({ costVsLimit }) => costVsLimit)),
            ],
          })),
        },
        {
          kind: 'bars',
          title: 'Refused and late requests against those under the KPA, geometric mean',
          unit: 'x',
          series: [''],
          groups: [...new Set(rows.map(({ scaler }) => scaler))].map((scaler) => ({
            name: scaler,
            values: [
              geometricMean(compared.filter((row) => row.scaler === scaler).map(({ missesVsRival }) => missesVsRival)),
            ],
          })),
        },
      ],
    });
  }
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

/** What must hold on each trace. */
function isNoWorse(row: Compared, other: Row | undefined): boolean {
  const refused = other?.refused ?? 0;
  return (row.refused <= refused && row.costVsRival <= 1) || (row.refused < refused && row.costVsRival <= 1.05);
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
