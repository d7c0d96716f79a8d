import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { production, type ScalerOf, simulate } from '@farled/autoscaling';
import { fileError } from '@farled/sdk';

import { type Column, command, list } from '../../command.ts';
import { decimal, required, text, whole, words } from '../../parse/options.ts';
import { drawSimulation } from './drawing.ts';
import { SCALERS, simulationSettings } from './settings.ts';
import { findTrace } from './traces.ts';

interface Row {
  readonly law: string;
  readonly answered: number;
  readonly refused: number;
  readonly p50WaitMs: number;
  readonly p99WaitMs: number;
  readonly longestQueue: number;
  readonly mostReplicas: number;
  readonly meanReplicas: number;
  readonly replicaSeconds: number;
  readonly decisions: readonly { readonly at: number; readonly replicas: number; readonly because: string }[];
}

const COLUMNS: readonly Column<Row>[] = [
  ['Law', ({ law }) => law],
  ['Answered', ({ answered }) => answered],
  ['Refused', ({ refused }) => refused],
  ['P50WaitMs', ({ p50WaitMs }) => p50WaitMs],
  ['P99WaitMs', ({ p99WaitMs }) => p99WaitMs],
  ['LongestQueue', ({ longestQueue }) => longestQueue],
  ['MostReplicas', ({ mostReplicas }) => mostReplicas],
  ['MeanReplicas', ({ meanReplicas }) => meanReplicas],
  ['ReplicaSeconds', ({ replicaSeconds }) => replicaSeconds],
];

export const simulateAutoscaling = command({
  path: ['autoscale', 'simulate'],
  summary: 'Show what would become of a trace of requests under the settings of a service, without a server.',
  examples: [
    [
      'Replay recorded requests under a deployment config, and draw what happens',
      'farled autoscale simulate --trace requests.csv --settings deploymentconfig.json --svg requests.svg -o table',
    ],
    [
      'Compare the laws on a load that is ten times as high for a while',
      'farled autoscale simulate --trace generate:step --law compatible --law knative -o table',
    ],
  ],
  options: {
    trace: required(
      text(
        '--trace',
        'FILE',
        'CSV of seconds or dates and milliseconds, or lines of JSON with at and serviceMs; or generate:KIND[:SEED].',
      ),
    ),
    settings: text('--settings', 'FILE', 'deploymentconfig.json; what it does not say has its default.'),
    law: words('--law', Object.keys(SCALERS), 'Law to scale by, as often as there are laws to compare.'),
    serviceMs: decimal(
      '--service-ms',
      'Milliseconds that a request takes of which the trace does not say it, 200 by default.',
    ),
    replicaStartSeconds: decimal('--replica-start-seconds', 'From asking for a replica until it serves, 5 by default.'),
    initialReplicas: whole(
      '--initial-replicas',
      'Replicas that are there when the trace begins, the fewest by default.',
    ),
    svg: text('--svg', 'FILE', 'Draws requests, replicas and the queue over the time into the file.'),
  },
  async run(options, parts) {
    const settings = await simulationSettings(options, parts.folder);
    const trace = await findTrace(options.trace, options.serviceMs ?? 200, parts.folder);
    const laws = options.law.length === 0 ? [settings.law] : [...new Set(options.law)];
    const simulations = laws.map((law) => {
      parts.signal.throwIfAborted();
      const decisions: Row['decisions'][number][] = [];
      const scalerOf: ScalerOf =
        SCALERS[law] ??
        production(law === 'forecast' ? 'forecast' : 'compatible', (at, { desired, because }) =>
          decisions.push({ at: at / 1000, replicas: desired, because }),
        );
      return { law, decisions, outcome: simulate(trace, settings, scalerOf) };
    });
    if (options.svg !== undefined) {
      const path = resolve(parts.folder, options.svg);
      try {
        await writeFile(path, drawSimulation(trace, simulations));
      } catch (error) {
        throw fileError(error, 'The drawing', path);
      }
    }
    const rows = simulations.map(({ law, decisions, outcome }): Row => {
      const { answered, missed, refused, p50WaitMs, p99WaitMs, replicaSeconds, replicas, looks } = outcome;
      return {
        law,
        answered: answered + missed,
        refused,
        p50WaitMs: Math.round(p50WaitMs),
        p99WaitMs: Math.round(p99WaitMs),
        longestQueue: looks.reduce((most, { queued }) => Math.max(most, queued), 0),
        mostReplicas: replicas.reduce((most, { count }) => Math.max(most, count), 0),
        meanReplicas: Math.round((replicaSeconds / trace.durationMs) * 100_000) / 100,
        replicaSeconds: Math.round(replicaSeconds),
        decisions,
      };
    });
    return list(rows, COLUMNS);
  },
});
