/** npm run cluster -- up | down | status | kubeconfig */
import { parseArgs } from 'node:util';

import { attachCluster, startCluster, stopCluster } from './cluster.ts';

const USAGE = 'npm run cluster -- up | down | status | kubeconfig [--number N]';

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { number: { type: 'string' } } });
  const number = Number(values.number ?? 0);
  const cluster = await attachCluster(number);
  switch (positionals.join(' ')) {
    case 'up': {
      if (cluster !== undefined) {
        console.log(`Cluster ${number} is up already: KUBECONFIG=${cluster.kubeconfig}`);
        return 0;
      }
      const started = Date.now();
      const up = await startCluster({ number, report: (line) => console.error(line) });
      console.error(`Cluster ${number} is up after ${((Date.now() - started) / 1000).toFixed(1)} s.`);
      console.log(`export KUBECONFIG=${up.kubeconfig} FARLED_TEST_REGISTRY=${up.registry.host}`);
      return 0;
    }
    case 'down':
      await stopCluster(number);
      return 0;
    case 'kubeconfig':
    case 'status':
      if (cluster === undefined) {
        console.error(`Cluster ${number} is not up: npm run cluster -- up`);
        return 1;
      }
      console.log(positionals[0] === 'kubeconfig' ? cluster.kubeconfig : cluster.registry.host);
      return 0;
    default:
      console.error(`Which? ${USAGE}`);
      return 2;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
