/** Makes the world match the record: wires the reconcilers to their loops and to the changes that wake them. */
import { randomInt } from 'node:crypto';

import { hasEnded, type ScalingDecision } from '@farled/contract';
import type { Clock, Logger } from '@farled/service';
import type { ArtifactStore, ComputeRecord, ServiceRecord, State } from '@farled/state';

import { type KubernetesParts, openKubernetes } from './compute/kubernetes/open.ts';
import { registryMissing } from './compute/kubernetes/registry-missing.ts';
import { ComputeReconciler } from './compute/reconcile.ts';
import { EndpointRoutes } from './endpoints/endpoint-routes.ts';
import { EndpointReconciler } from './endpoints/reconcile.ts';
import type { Environments } from './environments/environments.ts';
import { EnvironmentReconciler } from './environments/reconcile.ts';
import type { Images } from './images/images.ts';
import { Loop, type LoopParts } from './loop/loop.ts';
import { makePackage } from './packaging/make-package.ts';
import { PackageReconciler } from './packaging/reconcile.ts';
import { ReplicaDeployer } from './replicas/replica-deployer.ts';
import { ReplicaScaling, type ReplicaScalingParts } from './replicas/replica-scaling.ts';
import type { TokenKeys } from './routes/credentials.ts';
import { RoutePublisher, type Router } from './routes/publisher.ts';
import type { Deployers } from './service/deployer.ts';
import { ServiceReconciler, type ServiceLimits } from './service/reconcile.ts';
import type { ReplicaChanged, Substrate } from './substrate/substrate.ts';

interface ControllerLimits extends ServiceLimits {
  /** How long attaching waits for a load balancer before the port of the nodes is taken instead. */
  readonly loadBalancerTimeoutMs: number;
}

export interface ControllerParts {
  readonly state: State;
  readonly environments: Environments;
  readonly images: Images;
  /** Opens the substrate; the controller is told of every replica that changes. */
  readonly openSubstrate: (changed: ReplicaChanged) => Promise<Substrate>;
  readonly router: Router & Pick<ReplicaScalingParts, 'statistics'>;
  readonly tokenKeys: TokenKeys;
  /** What packages are made with, registry or not. */
  readonly packaging: {
    readonly artifacts: ArtifactStore;
    readonly runtime: { readonly entry: URL; readonly python: URL };
    /** As for images of services. */
    readonly defaultBase: string;
  };
  /** Null when there is no registry to push images to: then no Kubernetes can be a compute target. */
  readonly kubernetes: KubernetesParts | null;
  readonly limits: ControllerLimits;
  readonly clock: Clock;
  readonly log: Logger;
}

type AttachOptions = Pick<ComputeRecord, 'clusterPurpose' | 'serviceType' | 'loadBalancerSubnet'> & {
  readonly loadBalancerType: string;
  /** Of the routers; null: the one that attaching would use. */
  readonly image: string | null;
};

export interface Controller extends AsyncDisposable {
  readonly substrate: Substrate;
  /** The last lines that the service's replicas wrote, oldest first. */
  serviceLogs(service: ServiceRecord, lines: number): Promise<readonly string[]>;
  /** The last lines, then each line as it is written; ends with the signal. */
  followServiceLogs(service: ServiceRecord, lines: number, signal: AbortSignal): Promise<AsyncIterable<string>>;
  /** What the autoscaler decided of the service, oldest first. */
  scalingDecisions(service: ServiceRecord): Promise<readonly ScalingDecision[]>;
  /** YAML of all objects that attaching a cluster with these options would apply. */
  manifests(options: AttachOptions, signal: AbortSignal): Promise<string>;
  /** The router was started anew: it gets the table again. */
  republish(): Promise<void>;
}

/** Reconciliations are short, because nothing in them waits for a build or a last request. */
const WORKERS = 8;
/** An installation builds the routers' image, and another cluster should not wait for that. */
const COMPUTE_WORKERS = 4;
/** Each builds an image. */
const PACKAGE_WORKERS = 2;
/** Each runs an installer. */
const ENVIRONMENT_WORKERS = 2;
/** anchors: attaching takes about 5 minutes; pulling images to new nodes may take longer. */
const PROVISIONING_TIMEOUT_MS = 15 * 60_000;

export async function startController(parts: ControllerParts): Promise<Controller> {
  const { state, clock, log } = parts;
  const loopOf = (name: string, reconciler: Pick<LoopParts, 'reconcile'>, workers: number): Loop =>
    new Loop({ name, reconcile: (key, signal) => reconciler.reconcile(key, signal), workers, clock, log });
  let wakeService = (_serviceId: string): void => {};
  let wakeEndpoint = (_endpointId: string): void => {};
  const substrate = await parts.openSubstrate((serviceId) => wakeService(serviceId));
  const routes = new RoutePublisher(parts.router, clock);
  const wake = (serviceId: string): void => wakeService(serviceId);
  const scaling = new ReplicaScaling({
    statistics: (signal) => parts.router.statistics(signal),
    changed: wake,
    clock,
    log,
  });
  const replicas = new ReplicaDeployer({
    ...parts,
    maximumCrashes: parts.limits.maximumCrashes,
    substrate,
    routes,
    scaling,
    wake,
    newReplicaId,
  });
  const kubernetes =
    parts.kubernetes === null
      ? null
      : openKubernetes(parts.kubernetes, {
          ...parts,
          maximumCrashes: parts.limits.maximumCrashes,
          wake,
          wakeEndpoint: (id) => wakeEndpoint(id),
        });
  const deployers: Deployers = {
    of: async (compute) =>
      compute.clusterKind === 'local' ? replicas : (await (kubernetes ?? needRegistry()).clusters.of(compute)).deployer,
    all: () => [replicas, ...(kubernetes?.clusters.all() ?? []).map(({ deployer }) => deployer)],
  };
  const endpointRoutes = new EndpointRoutes({ ...parts, deployers });
  const services = new ServiceReconciler({ ...parts, deployers, endpoints: endpointRoutes, wake });
  const endpoints = new EndpointReconciler({ ...parts, routes: endpointRoutes });
  const computes = new ComputeReconciler({
    state,
    installer: {
      install: async (...of) => (kubernetes ?? needRegistry()).installer.install(...of),
      refresh: async (...of) => (kubernetes ?? needRegistry()).installer.refresh(...of),
      uninstall: async (...of) => (kubernetes ?? needRegistry()).installer.uninstall(...of),
    },
    removed: async (computeId) => kubernetes?.clusters.close(computeId),
    provisioningTimeoutMs: PROVISIONING_TIMEOUT_MS,
    loadBalancerTimeoutMs: parts.limits.loadBalancerTimeoutMs,
    clock,
  });
  const serviceLoop = loopOf('service', services, WORKERS);
  const endpointLoop = loopOf('endpoint', endpoints, WORKERS);
  const computeLoop = loopOf('compute', computes, COMPUTE_WORKERS);
  const packages = new PackageReconciler({
    state,
    make: makePackage({ ...parts, ...parts.packaging, servingImages: kubernetes?.servingImages ?? null }),
    timeoutMs: parts.limits.deploymentTimeoutMs,
    clock,
    log,
  });
  const packageLoop = loopOf('package', packages, PACKAGE_WORKERS);
  const environments = new EnvironmentReconciler({ ...parts, timeoutMs: parts.limits.deploymentTimeoutMs });
  const environmentLoop = loopOf('environment', environments, ENVIRONMENT_WORKERS);
  wakeService = (serviceId) => serviceLoop.wake(serviceId);
  wakeEndpoint = (endpointId) => endpointLoop.wake(endpointId);

  const cancelIfAsked = async (operationId: string): Promise<void> => {
    const operation = await state.operations.byId(operationId);
    if (operation?.cancelRequested === true && !hasEnded(operation.state)) {
      if (operation.targetType === 'endpoint') {
        endpointLoop.wake(operation.targetId);
        return;
      }
      services.cancel(operation.targetId);
      packages.cancel(operation.targetId);
      environments.cancel(operation.targetId);
    }
  };
  const wakeTokenServices = async (): Promise<void> => {
    for (const { id, spec, lastGood } of await state.services.all()) {
      if ([spec, lastGood?.spec].some((one) => one?.settings.tokenAuthEnabled === true)) {
        serviceLoop.wake(id);
      }
    }
    for (const { id, tokenAuthEnabled } of await state.endpoints.all()) {
      if (tokenAuthEnabled) {
        endpointLoop.wake(id);
        (await state.services.ofEndpoint(id)).forEach((version) => serviceLoop.wake(version.id));
      }
    }
  };
  const unsubscribe = state.changes.subscribe(({ kind, id }) => {
    switch (kind) {
      case 'service':
        serviceLoop.wake(id);
        break;
      case 'endpoint':
        endpointLoop.wake(id);
        break;
      case 'compute':
        computeLoop.wake(id);
        break;
      case 'package':
        packageLoop.wake(id);
        break;
      case 'environment':
        environmentLoop.wake(id);
        break;
      case 'identity':
        break;
      case 'operation':
        cancelIfAsked(id).catch((error: unknown) =>
          log.error({ err: error, operation: id }, 'Operation could not be read'),
        );
        break;
      case 'signingKey':
        wakeTokenServices().catch((error: unknown) =>
          log.error({ err: error }, 'Routers could not be told of another key for tokens'),
        );
        break;
    }
  });

  for (const compute of await state.computes.all()) {
    if (compute.clusterKind === 'kubernetes') {
      // Followed from the start, so that what is left of deleted services is seen.
      await kubernetes?.clusters.of(compute).catch((error: unknown) => {
        log.error({ err: error, compute: compute.name }, 'Cluster could not be opened');
      });
    }
  }
  const serviceKeys = await services.adopt();
  const endpointKeys = await endpoints.adopt();
  const computeKeys = await computes.adopt();
  const abandoned = (await state.operations.running()).filter(
    ({ targetType }) => targetType === 'service' || targetType === 'version',
  );
  for (const key of new Set([...serviceKeys, ...abandoned.map(({ targetId }) => targetId)])) {
    serviceLoop.wake(key);
  }
  for (const key of endpointKeys) {
    endpointLoop.wake(key);
  }
  for (const key of computeKeys) {
    computeLoop.wake(key);
  }
  for (const key of await packages.adopt()) {
    packageLoop.wake(key);
  }
  for (const key of await environments.adopt()) {
    environmentLoop.wake(key);
  }
  serviceLoop.start();
  scaling.start();
  endpointLoop.start();
  packageLoop.start();
  environmentLoop.start();
  computeLoop.start();

  return {
    substrate,
    serviceLogs: (service, lines) => services.logs(service, lines),
    scalingDecisions: (service) => services.decisions(service),
    followServiceLogs: (...of) => services.followLogs(...of),
    manifests: async ({ image, ...options }, signal) =>
      (kubernetes ?? needRegistry()).installer.manifests(options, image, signal),
    republish: async () => {
      routes.invalidate();
      await routes.publish(AbortSignal.timeout(10_000));
    },
    [Symbol.asyncDispose]: async () => {
      unsubscribe();
      await scaling[Symbol.asyncDispose]();
      await serviceLoop[Symbol.asyncDispose]();
      await endpointLoop[Symbol.asyncDispose]();
      await computeLoop[Symbol.asyncDispose]();
      await packageLoop[Symbol.asyncDispose]();
      await environmentLoop[Symbol.asyncDispose]();
      await services[Symbol.asyncDispose]();
      await kubernetes?.attester[Symbol.asyncDispose]();
      await kubernetes?.clusters[Symbol.asyncDispose]();
      await substrate[Symbol.asyncDispose]();
    },
  };
}

function needRegistry(): never {
  throw registryMissing();
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Of a service's name; that of a version is longer, and a socket's path has a limit. */
const LONGEST_IN_ID = 32;

/** Like a pod's name: the service, its revision, five letters. */
function newReplicaId(serviceName: string, revision: string): string {
  const suffix = Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return `${serviceName.slice(0, LONGEST_IN_ID)}-${revision.slice(0, 8)}-${suffix}`;
}
