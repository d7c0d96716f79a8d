/** The router of a cluster: its table is what the cluster's objects say, and it ends as Kubernetes ends pods. */
import { readFile } from 'node:fs/promises';

import { type Connection, connectKubernetes, inClusterConnection, parseKubeconfig } from '@farled/kubernetes';
import { type Logger, systemClock as clock } from '@farled/service';

import { startAutoscaler } from '../autoscaler/autoscaler.ts';
import type { ClusterConfig } from '../config.ts';
import { createDataPlane } from '../data-plane.ts';
import { drain } from '../drain.ts';
import { type ClusterSource, startClusterSource } from './cluster-source.ts';
import { listenHealth } from './health-server.ts';

export async function runInCluster(config: ClusterConfig, log: Logger): Promise<void> {
  const knowsAll = (): boolean => source.current;
  const { services, refusals, server, statistics } = await createDataPlane({ ...config, knowsAll, log });
  const client = connectKubernetes(await connection(config), { clock, log });
  const source: ClusterSource = await startClusterSource({ ...config, client, services, clock, log });
  const autoscaler = startAutoscaler({ ...config, client, services, clock, log, found: () => source.services });
  const listening = await server.listen(config.port, config.host);
  let isEnding = false;
  const health = await listenHealth(config.healthPort, config.host, {
    isReady: () => source.ready && !isEnding,
    statistics: () => statistics(listening),
    findRefusal: (requestId) => refusals.find(requestId),
  });
  log.info({ ...listening, healthPort: health.port, generation: services.generation }, 'Router listens');

  const end = async (): Promise<void> => {
    isEnding = true;
    // Another router leads at once, not only when the last request is answered.
    const handedOver = autoscaler[Symbol.asyncDispose]();
    // The table is followed to the end: what is still accepted needs replicas that are there.
    await drain({ server, services, drainMs: config.drainMs, clock, log });
    await handedOver;
    await source[Symbol.asyncDispose]();
    await client[Symbol.asyncDispose]();
    health.close();
    services.close();
    log.info('Router ends');
  };
  process.on('SIGTERM', () => {
    if (!isEnding) {
      void end();
    }
  });
}

async function connection({ kubeconfig }: ClusterConfig): Promise<Connection> {
  return kubeconfig === undefined
    ? inClusterConnection(process.env)
    : parseKubeconfig(await readFile(kubeconfig, 'utf8')).connection;
}
