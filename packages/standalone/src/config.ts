/** The configuration of standalone Farled: every environment variable, its default and its range. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

import { FarledError } from '@farled/contract';
import { LOG_LEVELS, readConfig } from '@farled/service';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const seconds = z.coerce.number().positive().max(86_400);
const flag = z.enum(['true', 'false'], { error: 'must be true or false' }).transform((text) => text === 'true');

/** Paths with commas between them. */
const files = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .filter((path) => path.trim() !== '')
      .map((path) => resolve(path)),
  );

const Variables = z.object({
  /** Where all state lives. */
  FARLED_HOME: z.string().optional(),
  /** Where built Python environments are kept; several homes may share them. */
  FARLED_ENVIRONMENTS: z.string().optional(),
  /** Address of the API. */
  FARLED_HOST: z.string().default('127.0.0.1'),
  /** Port of the API; 0 takes a free one. */
  FARLED_PORT: port.default(7310),
  /** Address of scoring requests. */
  FARLED_SCORING_HOST: z.string().default('127.0.0.1'),
  FARLED_SCORING_PORT: port.default(7311),
  /** Processes that take scoring requests at one port, on Linux; one serves some ten thousand a second on a core. */
  FARLED_ROUTER_PROCESSES: z.coerce.number().int().min(1).max(64).default(1),
  /** Host name that addresses of services have, in place of where they are listened for. */
  FARLED_SCORING_NAME: z
    .string()
    .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/, { error: 'must be a host name' })
    .optional(),
  /** Certificates with their chains, PEM, with commas between them: scoring requests then come over TLS. */
  FARLED_TLS_CERT: files,
  /** Their keys, PEM, in the same order. */
  FARLED_TLS_KEY: files,
  /** Lets the API listen on an address that other machines reach, without TLS: tokens and keys then travel in the clear. */
  FARLED_ALLOW_INSECURE_ADDRESS: flag.default(false),
  /** Address of the API that azureml-core speaks, over TLS. */
  FARLED_AZUREML_HOST: z.string().default('127.0.0.1'),
  /** Its port; 0 takes a free one. */
  FARLED_AZUREML_PORT: port.default(7312),
  /** Its name: azureml-core uploads files to names of the form `NAME.blob.DOMAIN` only. */
  FARLED_AZUREML_NAME: z
    .string()
    .regex(/^[a-z0-9-]+\.blob(\.[a-z0-9-]+)+$/, { error: 'must be of the form name.blob.domain, in lower case' })
    .default('farled.blob.localhost'),
  /** Port of the proxy that leads azureml-core's own addresses of Azure to it; only when said. 0 takes a free one. */
  FARLED_AZUREML_PROXY_PORT: port.optional(),
  FARLED_LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  /** How long a service waits for room on its compute target. */
  FARLED_SCHEDULING_TIMEOUT_SECONDS: seconds.default(300),
  /** How long a deployment may take in all. */
  FARLED_DEPLOYMENT_TIMEOUT_SECONDS: seconds.default(1800),
  /** How long a token of a service is valid; after half of that a new one should be taken. */
  FARLED_TOKEN_LIFETIME_SECONDS: z.coerce
    .number()
    .int()
    .min(60)
    .max(30 * 86_400)
    .default(43_200),
  /** How long attaching a cluster waits for a load balancer before the port of its nodes is taken instead. */
  FARLED_LOAD_BALANCER_TIMEOUT_SECONDS: seconds.default(60),
  /** Installs azureml-defaults, with its web server, where an environment names it. */
  FARLED_INSTALL_AZUREML_DEFAULTS: flag.default(false),
  /** `host/path` of the registry that images are pushed to and clusters pull from; without it only this machine runs services. */
  FARLED_REGISTRY: z.string().min(1).optional(),
  /** By default, what `docker login` has noted. */
  FARLED_REGISTRY_USERNAME: z.string().min(1).optional(),
  FARLED_REGISTRY_PASSWORD_FILE: z.string().min(1).optional(),
  /** Certificates of authorities to trust beside the usual ones, PEM. */
  FARLED_REGISTRY_CA_FILE: z.string().min(1).optional(),
  /**
   * What images are built upon when an environment names no base image; it must have a Python. `{python}` becomes the
   * newest version of 3.8 to 3.13 that the environment can run with, 3.11 when it doesn't say.
   */
  FARLED_BASE_IMAGE: z.string().min(1).default('docker.io/library/python:{python}-slim-bookworm'),
  /** An image with buildah, which builds the Dockerfiles of environments in clusters. */
  FARLED_BUILDER_IMAGE: z.string().min(1).default('quay.io/buildah/stable:latest'),
  /** Host and port by which pods reach the registry, where it isn't the name that nodes know it by. */
  FARLED_REGISTRY_FOR_PODS: z
    .string()
    .regex(/^[A-Za-z0-9.-]+(?::\d{1,5})?$/, { error: 'must be a host, and a port if need be' })
    .optional(),
});

export interface RegistryConfig {
  readonly repository: string | null;
  readonly username: string | null;
  readonly passwordFile: string | null;
  readonly certificateFile: string | null;
  readonly baseImage: string;
  readonly builderImage: string;
  /** Null: as nodes do. */
  readonly forPods: string | null;
}

export interface StandaloneConfig {
  readonly home: string;
  readonly environments: string;
  readonly api: { readonly host: string; readonly port: number };
  readonly scoring: {
    readonly host: string;
    readonly port: number;
    /** Null: the host. */
    readonly name: string | null;
    /** Paths; with none, requests come in the clear. */
    readonly tls: { readonly certs: readonly string[]; readonly keys: readonly string[] };
  };
  readonly routerProcesses: number;
  readonly azureml: {
    readonly host: string;
    readonly port: number;
    readonly name: string;
    /** Null: no proxy. */
    readonly proxyPort: number | null;
  };
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly schedulingTimeoutMs: number;
  readonly deploymentTimeoutMs: number;
  readonly loadBalancerTimeoutMs: number;
  readonly tokenLifetimeSeconds: number;
  readonly installAzuremlDefaults: boolean;
  readonly registry: RegistryConfig;
}

/** @throws FarledError BadArgument naming each variable that can't be used. */
export function standaloneConfig(environment: Readonly<Record<string, string | undefined>>): StandaloneConfig {
  const variables = readConfig(Variables, environment);
  const { FARLED_TLS_CERT: certs, FARLED_TLS_KEY: keys } = variables;
  if (certs.length !== keys.length) {
    throw new FarledError(
      'BadArgument',
      `FARLED_TLS_CERT names ${certs.length} files and FARLED_TLS_KEY ${keys.length}.`,
      { suggestion: 'Give a key for each certificate, in the same order, with commas between them.' },
    );
  }
  refuseInsecure(variables, 'FARLED_HOST', 'Use 127.0.0.1 behind a proxy that adds TLS');
  if (certs.length === 0) {
    refuseInsecure(variables, 'FARLED_SCORING_HOST', 'Give a certificate in FARLED_TLS_CERT and FARLED_TLS_KEY');
  }
  const home = resolve(variables.FARLED_HOME ?? join(homedir(), '.farled'));
  return {
    home,
    environments: resolve(variables.FARLED_ENVIRONMENTS ?? join(home, 'environments')),
    api: { host: variables.FARLED_HOST, port: variables.FARLED_PORT },
    scoring: {
      host: variables.FARLED_SCORING_HOST,
      port: variables.FARLED_SCORING_PORT,
      name: variables.FARLED_SCORING_NAME ?? null,
      tls: { certs, keys },
    },
    routerProcesses: variables.FARLED_ROUTER_PROCESSES,
    azureml: {
      host: variables.FARLED_AZUREML_HOST,
      port: variables.FARLED_AZUREML_PORT,
      name: variables.FARLED_AZUREML_NAME,
      proxyPort: variables.FARLED_AZUREML_PROXY_PORT ?? null,
    },
    logLevel: variables.FARLED_LOG_LEVEL,
    schedulingTimeoutMs: variables.FARLED_SCHEDULING_TIMEOUT_SECONDS * 1000,
    deploymentTimeoutMs: variables.FARLED_DEPLOYMENT_TIMEOUT_SECONDS * 1000,
    loadBalancerTimeoutMs: variables.FARLED_LOAD_BALANCER_TIMEOUT_SECONDS * 1000,
    tokenLifetimeSeconds: variables.FARLED_TOKEN_LIFETIME_SECONDS,
    installAzuremlDefaults: variables.FARLED_INSTALL_AZUREML_DEFAULTS,
    registry: {
      repository: variables.FARLED_REGISTRY ?? null,
      username: variables.FARLED_REGISTRY_USERNAME ?? null,
      passwordFile: variables.FARLED_REGISTRY_PASSWORD_FILE ?? null,
      certificateFile: variables.FARLED_REGISTRY_CA_FILE ?? null,
      baseImage: variables.FARLED_BASE_IMAGE,
      builderImage: variables.FARLED_BUILDER_IMAGE,
      forPods: variables.FARLED_REGISTRY_FOR_PODS ?? null,
    },
  };
}

function refuseInsecure(
  variables: z.infer<typeof Variables>,
  name: 'FARLED_HOST' | 'FARLED_SCORING_HOST',
  instead: string,
): void {
  if (!isLoopback(variables[name]) && !variables.FARLED_ALLOW_INSECURE_ADDRESS) {
    throw new FarledError(
      'BadArgument',
      `${name}=${variables[name]} can be reached from other machines, without TLS.`,
      {
        suggestion: `${instead}, or set FARLED_ALLOW_INSECURE_ADDRESS=true to let keys and tokens travel in the clear.`,
      },
    );
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
