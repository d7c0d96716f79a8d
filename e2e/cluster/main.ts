/** npm run cluster -- up | down | status | kubeconfig | simulate COUNT */
import { parseArgs } from 'node:util';

import { attachCluster, endedProcesses, startCluster, stopCluster, type Cluster } from './cluster.ts';

const USAGE = 'npm run cluster -- up | down | status | kubeconfig | simulate COUNT  [--number N]';

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { number: { type: 'string' } } });
  const [verb, count] = positionals;
  const number = Number(values.number ?? 0);
  if (verb === 'down') {
    await stopCluster(number);
    return 0;
  }
  const cluster = await attachCluster(number);
  if (verb === 'up') {
    return cluster === undefined ? up(number) : sayUp(number, cluster);
  }
  if (verb !== 'status' && verb !== 'kubeconfig' && verb !== 'simulate') {
    console.error(USAGE);
    return 2;
  }
  if (cluster === undefined) {
    console.error(`Cluster ${number} is not up. Bring it up: npm run cluster -- up`);
    return 1;
  }
  if (verb === 'simulate') {
    await cluster.simulateNodes({ name: `simulated-${Date.now()}`, count: Number(count ?? 100) });
  } else if (verb === 'kubeconfig') {
    console.log(cluster.kubeconfig);
  } else {
    sayUp(number, cluster);
    const ended = await endedProcesses(number);
    console.log(ended.map(({ name, log }) => `${name} has ended, see ${log}`).join('\n') || 'Every process runs.');
    return ended.length === 0 ? 0 : 1;
  }
  return 0;
}

async function up(number: number): Promise<number> {
  const started = Date.now();
  const cluster = await startCluster({ number, report: (line) => console.error(line) });
  console.error(`Started in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  return sayUp(number, cluster);
}

function sayUp(number: number, { kubeconfig, registry, nodes }: Cluster): number {
  console.log(`Cluster ${number} is up: ${nodes.join(', ')}; base image ${registry.baseImage}`);
  console.log(`export KUBECONFIG=${kubeconfig} FARLED_TEST_REGISTRY=${registry.host}`);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
