/**
 * The router's autoscaler beside Knative's, that of Kubernetes and one that knows what will come, each on the same
 * traces and before the same queue: what is compared are decisions, not what each project does with who waits.
 * Simulated: the same figures on every machine.
 */
import { readFile } from 'node:fs/promises';

import {
  clairvoyant,
  production,
  readTrace,
  horizontal,
  knative,
  type ScalerOf,
  simulate,
  type SimulationSettings,
  type Trace,
  traces,
} from '@farled/autoscaling';

import { benchmarkOptions } from '../harness/options.ts';
import { print, type Row } from './report.ts';

/** Those that a service has which says nothing, but for the bounds: who is bounded does not scale. */
const DEFAULTS = {
  law: 'forecast' as const,
  minReplicas: 1,
  maxReplicas: 100,
  targetUtilization: 70,
  refreshPeriodInSeconds: 1,
  maxConcurrentRequestsPerContainer: 1,
  maxQueueWaitMs: 500,
};
const DEADLINE_MS = 250;
/** Of an image that is on the node: a container, Python, a small model. */
const REPLICA_START_MS = 5000;
const FIRST_MS = 10_000;

const SCALERS: Readonly<Record<string, ScalerOf>> = {
  forecast: production('forecast'),
  compatible: production('compatible'),
  'knative kpa': knative,
  'kubernetes hpa': horizontal,
  clairvoyant,
};

/** None of those that the law was tuned on: these were not looked at before. */
const SEEDS = [21, 22];
const RECORDED = new URL('azure-llm-code-2023.csv', import.meta.url);

/** As many as the first seconds need by the documentation's rule: how it comes there is not what is compared. */
function settingsFor({ requests }: Trace): SimulationSettings {
  const first = requests.filter(({ at }) => at < FIRST_MS);
  const busy = first.reduce((sum, { serviceMs }) => sum + serviceMs, 0) / FIRST_MS;
  const initialReplicas = Math.max(DEFAULTS.minReplicas, Math.ceil((busy * 100) / DEFAULTS.targetUtilization));
  return { ...DEFAULTS, deadlineMs: DEADLINE_MS, replicaStartMs: REPLICA_START_MS, initialReplicas };
}

const recorded = readTrace({ name: 'recorded', text: await readFile(RECORDED, 'utf8'), serviceMs: 0 });
const generated = SEEDS.flatMap((seed) => traces(seed).map((trace) => ({ ...trace, name: `${trace.name} ${seed}` })));
const rows: Row[] = [...generated, recorded].flatMap((trace) =>
  Object.entries(SCALERS).map(([scaler, scalerOf]) => {
    const { replicas, looks: _, ...outcome } = simulate(trace, settingsFor(trace), scalerOf);
    return { trace: trace.name, scaler, ...outcome, mostReplicas: Math.max(...replicas.map(({ count }) => count)) };
  }),
);
await print(rows, { ...benchmarkOptions(process.argv), of: 'forecast', rival: 'knative kpa', limit: 'clairvoyant' });
