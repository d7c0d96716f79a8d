/** What the router is told by its environment. */
import { CLUSTER, FarledError } from '@farled/contract';
import { readConfig } from '@farled/service';
import { z } from 'zod';

import { PORT_USES, type PortUse } from './listen.ts';
import type { CertificateFile } from './tls/certificate-files.ts';

const port = z.coerce.number().int().min(0).max(65_535);

/** Paths of files with commas between them. */
const paths = z
  .string()
  .default('')
  .transform((text) => text.split(',').filter((path) => path.trim() !== ''));

const Source = z.object({
  /** Where the route table comes from: whoever opens the control socket, or the objects of the cluster it runs in. */
  FARLED_ROUTER_SOURCE: z.enum(['socket', 'cluster']).default('socket'),
  FARLED_ROUTER_LOG: z.string().optional(),
  /** Certificates with their chains, PEM: the port then speaks TLS. The first is for clients that ask for no name. */
  FARLED_ROUTER_TLS_CERT: paths,
  /** Their keys, in the same order. */
  FARLED_ROUTER_TLS_KEY: paths,
});

const Socket = z.object({
  FARLED_ROUTER_HOST: z.string().default('127.0.0.1'),
  /** 0 takes a free one. */
  FARLED_ROUTER_PORT: port.default(7311),
  /** Path of the control socket. */
  FARLED_ROUTER_CONTROL: z.string(),
  /** Where the last table is kept, so that a router that is started anew serves at once. */
  FARLED_ROUTER_TABLE: z.string(),
  /** What other routers have to do with the port. */
  FARLED_ROUTER_PORT_USE: z.enum(PORT_USES).default('alone'),
});

const Cluster = z.object({
  FARLED_ROUTER_HOST: z.string().default('0.0.0.0'),
  FARLED_ROUTER_PORT: port.default(8080),
  /** Probes, statistics, explanations: for the cluster's own use. */
  FARLED_ROUTER_HEALTH_PORT: port.default(8081),
  /** In a volume that outlives the container. */
  FARLED_ROUTER_TABLE: z.string().default('/var/lib/farled/routes.json'),
  /** How long it still takes connections once it was told to end: until everyone knows. */
  FARLED_ROUTER_DRAIN_SECONDS: z.coerce.number().min(0).max(300).default(5),
  /** Of a router outside of the cluster; absent: the service account of the pod. */
  FARLED_ROUTER_KUBECONFIG: z.string().optional(),
  /** Where the routers are: of the Lease and of the peers. */
  FARLED_ROUTER_NAMESPACE: z.string().default(CLUSTER.systemNamespace),
  /** In a cluster the pod's name. */
  HOSTNAME: z.string().default(`router-${process.pid}`),
});

interface Both {
  readonly certificates: readonly CertificateFile[];
  readonly log: string | undefined;
}

export interface SocketConfig extends Both {
  readonly source: 'socket';
  readonly host: string;
  readonly port: number;
  readonly control: string;
  readonly table: string;
  readonly portUse: PortUse;
}

export interface ClusterConfig extends Both {
  readonly source: 'cluster';
  readonly host: string;
  readonly port: number;
  readonly healthPort: number;
  readonly table: string;
  readonly drainMs: number;
  /** Path of a file. */
  readonly kubeconfig: string | undefined;
  readonly namespace: string;
  /** Of this router among its peers. */
  readonly identity: string;
}

/** @throws FarledError BadArgument naming each variable that can't be used. */
export function routerConfig(environment: Readonly<Record<string, string | undefined>>): SocketConfig | ClusterConfig {
  const of = readConfig(Source, environment);
  const { FARLED_ROUTER_SOURCE: source, FARLED_ROUTER_LOG: log } = of;
  const certificates = certificateFiles(of);
  if (source === 'socket') {
    const variables = readConfig(Socket, environment);
    return {
      source,
      log,
      certificates,
      host: variables.FARLED_ROUTER_HOST,
      port: variables.FARLED_ROUTER_PORT,
      control: variables.FARLED_ROUTER_CONTROL,
      table: variables.FARLED_ROUTER_TABLE,
      portUse: variables.FARLED_ROUTER_PORT_USE,
    };
  }
  const variables = readConfig(Cluster, environment);
  return {
    source,
    log,
    certificates,
    host: variables.FARLED_ROUTER_HOST,
    port: variables.FARLED_ROUTER_PORT,
    healthPort: variables.FARLED_ROUTER_HEALTH_PORT,
    table: variables.FARLED_ROUTER_TABLE,
    drainMs: variables.FARLED_ROUTER_DRAIN_SECONDS * 1000,
    kubeconfig: variables.FARLED_ROUTER_KUBECONFIG,
    namespace: variables.FARLED_ROUTER_NAMESPACE,
    identity: variables.HOSTNAME,
  };
}

function certificateFiles({
  FARLED_ROUTER_TLS_CERT: certs,
  FARLED_ROUTER_TLS_KEY: keys,
}: z.infer<typeof Source>): readonly CertificateFile[] {
  if (certs.length !== keys.length) {
    throw new FarledError(
      'BadArgument',
      `FARLED_ROUTER_TLS_CERT names ${certs.length} files and FARLED_ROUTER_TLS_KEY ${keys.length}.`,
      { suggestion: 'Give a key for each certificate, in the same order, with commas between them.' },
    );
  }
  return certs.map((cert, index) => ({ cert, key: keys[index] ?? '' }));
}
