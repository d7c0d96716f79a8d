/** All of Farled in one process tree on one machine: the composition root. */
import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import {
  buildCompatibleApp,
  type CompatibleParts,
  openAzureProxy,
  openTls,
  PROXIED_NAMES,
  PROXIED_URL,
} from '@farled/azureml';
import { FarledError } from '@farled/contract';
import {
  type Controller,
  createEnvironments,
  createImages,
  createProcessSubstrate,
  DEFAULT_LIMITS,
  type Environments,
  inspectCluster,
  recordedKubeconfig,
  registryMissing,
  startController,
} from '@farled/controller';
import {
  accessTokens,
  LIFETIME_SECONDS,
  openAuthorizationServer,
  openCallers,
  openSigningKeys,
  serviceTokens,
} from '@farled/identity';
import { pythonSources, runtimeEntry } from '@farled/runtime';
import { type AppParts, buildApp, createApi } from '@farled/server';
import { createLogger, systemClock } from '@farled/service';
import { openDirectoryArtifacts, openState } from '@farled/state';

import type { StandaloneConfig } from './config.ts';
import { openHome } from './home.ts';
import { keepHouse } from './housekeeping.ts';
import { kubernetesParts } from './kubernetes.ts';
import { Routers } from './routers.ts';
import { lockHome, removeServerInfo, writeServerInfo } from './server-info.ts';
import { VERSION } from './version.ts';

export interface Standalone {
  readonly url: string;
  readonly scoringUrl: string;
  /** Base address of the API that azureml-core speaks. */
  readonly azuremlUrl: string;
  readonly ownerToken: string;
  /** True on the first start of a home. */
  readonly tokenIsNew: boolean;
  /** For those who need a Python before they have a service. */
  readonly environments: Environments;
  /**
   * Ends everything: the API at once, requests that were accepted within `graceMs`, then router and replicas. The
   * record stays, and the next start brings the services back.
   */
  stop(graceMs: number): Promise<void>;
}

/** The routers' image may have to be built first. */
const MANIFESTS_TIMEOUT_MS = 2 * 60_000;

/** Children run the same way as this process: from source in a checkout, from the build when installed. */
const NODE_ARGUMENTS = process.execArgv.filter((argument) => argument.startsWith('--conditions'));

/**
 * Starts standalone Farled.
 *
 * @throws FarledError when the home is in use, a port is taken, or a part can't be started; nothing is left behind.
 */
export async function startStandalone(config: StandaloneConfig): Promise<Standalone> {
  await using started = new AsyncDisposableStack();
  const clock = systemClock;
  const home = await openHome(config.home);
  started.use(await lockHome(home.folder));
  const log = createLogger('server', { level: config.logLevel, file: join(home.logs, 'server.log') });

  const state = started.use(
    await openState({ database: { kind: 'sqlite', path: home.record }, secretKey: home.secretKey, clock }),
  );
  const artifacts = await openDirectoryArtifacts(home.artifacts, { clock });
  const environments = createEnvironments({
    folder: config.environments,
    toolsFolder: home.tools,
    clock,
    log,
    realServer: config.installAzuremlDefaults,
  });
  const images = createImages({ imagesFolder: home.images, modelsFolder: home.models, artifacts, clock });

  const kubernetes = await kubernetesParts(config.registry, home, { clock, log });
  const ofKeys = { store: state.signingKeys, changes: state.changes, clock };
  const accessKeys = openSigningKeys({ ...ofKeys, purpose: 'access', lifetimeSeconds: LIFETIME_SECONDS });
  const { tokenLifetimeSeconds: lifetimeSeconds } = config;
  const serviceKeys = openSigningKeys({ ...ofKeys, purpose: 'service', lifetimeSeconds });
  let controller: Controller | undefined;
  const router = started.use(
    await Routers.open({
      run: home.run,
      logs: home.logs,
      ...config.scoring,
      count: config.routerProcesses,
      version: VERSION,
      nodeArguments: NODE_ARGUMENTS,
      replaced: () => {
        controller?.republish().catch((error: unknown) => log.error({ err: error }, 'Routes could not be published'));
      },
      clock,
      log,
    }),
  );
  controller = started.use(
    await startController({
      state,
      environments,
      images,
      openSubstrate: (changed) =>
        createProcessSubstrate({
          runFolder: home.run,
          logsFolder: home.logs,
          runtimeEntry: fileURLToPath(runtimeEntry),
          nodeArguments: NODE_ARGUMENTS,
          clock,
          log,
          changed,
        }),
      router,
      tokenKeys: serviceKeys,
      packaging: {
        artifacts,
        runtime: { entry: runtimeEntry, python: pythonSources },
        defaultBase: config.registry.baseImage,
      },
      kubernetes,
      limits: {
        ...DEFAULT_LIMITS,
        schedulingTimeoutMs: config.schedulingTimeoutMs,
        deploymentTimeoutMs: config.deploymentTimeoutMs,
        loadBalancerTimeoutMs: config.loadBalancerTimeoutMs,
      },
      clock,
      log,
    }),
  );
  const running = controller;

  const tokens = accessTokens(accessKeys, clock);
  const callers = openCallers({
    ownerTokenDigest: createHash('sha256').update(home.ownerToken).digest('hex'),
    tokens,
    identities: state.identities,
    changes: state.changes,
  });
  const parts: AppParts = {
    state,
    artifacts,
    clusters: {
      inspect: (how, signal) => inspectCluster(how, { clock, log, environment: process.env }, signal),
      requireRegistry: () => {
        if (kubernetes === null) {
          throw registryMissing();
        }
      },
      kubeconfig: recordedKubeconfig,
      manifests: (options) => running.manifests(options, AbortSignal.timeout(MANIFESTS_TIMEOUT_MS)),
    },
    callers,
    serviceTokens: serviceTokens({ keys: serviceKeys, lifetimeSeconds, clock }),
    scoringUrl: () => router.url,
    hasRegistry: config.registry.repository !== null,
    serviceLogs: async (service, lines) => [...(await running.serviceLogs(service, lines))],
    scalingDecisions: (service) => running.scalingDecisions(service),
    followServiceLogs: (...of) => running.followServiceLogs(...of),
    version: VERSION,
    clock,
    log,
  };
  const app = buildApp(parts);
  started.defer(() => app.close());
  const url = await listen(app, config.api, 'FARLED_PORT');
  const { name, proxyPort } = config.azureml;
  let azuremlUrl = '';
  const compatibleParts = (address: () => string): CompatibleParts => ({
    api: createApi(parts),
    state,
    artifacts,
    callers,
    tokens,
    authorization: openAuthorizationServer({ state, keys: accessKeys, url: address, clock, log }),
    url: address,
    clock,
    log,
  });
  const compatible = buildCompatibleApp(
    compatibleParts(() => azuremlUrl),
    { tls: await openTls(home.tls, [name, 'localhost', '127.0.0.1', '::1'], clock) },
  );
  started.defer(() => compatible.close());
  await listen(compatible, config.azureml, 'FARLED_AZUREML_PORT');
  azuremlUrl = `https://${name}:${(compatible.server.address() as AddressInfo).port}`;
  const proxy =
    proxyPort === null
      ? undefined
      : started.use(
          await openAzureProxy(
            compatibleParts(() => PROXIED_URL),
            { tls: await openTls(home.tls, PROXIED_NAMES, clock, 'proxy'), port: proxyPort },
          ).catch(portFailure('127.0.0.1', proxyPort, 'FARLED_AZUREML_PROXY_PORT')),
        );
  started.use(keepHouse({ state, artifacts, images, signingKeys: [accessKeys, serviceKeys], clock, log }));
  await writeServerInfo(home.folder, { url, scoringUrl: router.url, azuremlUrl, azuremlProxyUrl: proxy?.url });
  log.info({ url, scoringUrl: router.url, azuremlUrl }, 'Farled is ready');

  const stack = started.move();
  return {
    url,
    scoringUrl: router.url,
    azuremlUrl,
    ownerToken: home.ownerToken,
    tokenIsNew: home.tokenIsNew,
    environments,
    stop: async (graceMs) => {
      log.info('Farled stops');
      await Promise.all([app.close(), compatible.close(), proxy?.[Symbol.asyncDispose]()]);
      await router.stop(graceMs);
      await running.substrate.removeAll(graceMs);
      await stack.disposeAsync();
      await removeServerInfo(home.folder);
    },
  };
}

async function listen(
  app: Pick<ReturnType<typeof buildApp>, 'listen'>,
  { host, port }: StandaloneConfig['api'],
  variable: string,
): Promise<string> {
  return app.listen({ host, port }).catch(portFailure(host, port, variable));
}

function portFailure(host: string, port: number, variable: string): (error: unknown) => never {
  return (error) => {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      throw new FarledError('Unavailable', `Port ${port} on ${host} is taken by another program.`, {
        suggestion: `Set ${variable} to a free one.`,
        cause: error,
      });
    }
    throw error;
  };
}
