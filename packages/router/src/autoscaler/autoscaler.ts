/**
 * Scales services by their load: all routers stand for election, the elected one decides and writes. It also tells what
 * became of the requests of endpoints.
 */
import { demand, type Scaled } from '@farled/autoscaling';
import { CLUSTER } from '@farled/contract';
import {
  type Deployment,
  type Informer,
  KINDS,
  type KubernetesClient,
  startElection,
  startInformer,
} from '@farled/kubernetes';
import type { Clock, Logger } from '@farled/service';

import type { ClusterService } from '../cluster/route-table.ts';
import { tellStatistics } from '../cluster/tell-statistics.ts';
import type { Services } from '../services.ts';
import { type Peers, startPeers } from './peers.ts';
import { decideRound, isDue, type ServiceDecision } from './round.ts';
import { ToldDecisions } from './told-decisions.ts';

export interface AutoscalerParts {
  readonly client: KubernetesClient;
  /** The services as the cluster has them now. */
  readonly found: () => readonly ClusterService[];
  /** To tell refusals what was decided. */
  readonly services: Services;
  /** Where the routers are, and their Lease. */
  readonly namespace: string;
  readonly identity: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Made by Farled, and of a service. */
const OF_SERVICES = [
  ...Object.entries(CLUSTER.managedBy).map(([label, value]) => `${label}=${value}`),
  CLUSTER.serviceLabel,
].join(',');
/** refreshPeriodInSeconds is whole. */
const EVERY_MS = 1000;
const WRITE_MS = 5000;

export function startAutoscaler(parts: AutoscalerParts): AsyncDisposable {
  const { client, namespace, identity, clock, log, services } = parts;
  const stopping = new AbortController();
  let leading: Promise<void> = Promise.resolve();
  let term: AbortController | null = null;
  const election = startElection({
    client,
    namespace,
    name: CLUSTER.router,
    identity,
    clock,
    log,
    changed: (leads) => {
      term?.abort(new Error('another router leads'));
      term = null;
      services.forgetScaling();
      if (leads) {
        term = new AbortController();
        const signal = AbortSignal.any([term.signal, stopping.signal]);
        leading = leading
          .then(() => lead(parts, () => election.leads(), signal))
          .catch((error: unknown) => log.error({ err: error }, 'The autoscaler ended before its term'));
      }
    },
  });
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort(new Error('the router ends'));
      await leading;
      await election[Symbol.asyncDispose]();
    },
  };
}

/** Until the term ends. What it remembers ends with it: a new leader sees a whole window before there are fewer. */
async function lead(parts: AutoscalerParts, leads: () => boolean, signal: AbortSignal): Promise<void> {
  const { client, clock, log } = parts;
  await using peers = startPeers(parts);
  const hasEndpoints = (): boolean => parts.services.hasEndpoints;
  const telling = tellStatistics({ ...parts, peers, hasEndpoints }, signal);
  const told = new ToldDecisions({ ...parts, services: () => parts.found().map(({ route }) => route.name) });
  const tellingDecisions = told.tell(signal);
  await using deployments = startInformer<Deployment>(
    client,
    KINDS.deployment,
    { labelSelector: OF_SERVICES, select: onlyReplicas },
    () => {},
    { clock, log },
  );
  let known: ReadonlyMap<string, Scaled> = new Map();
  while (!signal.aborted) {
    try {
      await deployments.synced(signal);
      known = await lookAndWrite(parts, { peers, deployments, told, known, leads, signal });
    } catch (error) {
      if (!signal.aborted) {
        log.warn({ err: error }, 'The autoscaler could not look at the load');
      }
    }
    await clock.sleep(EVERY_MS, signal).catch(() => {});
  }
  await Promise.all([telling, tellingDecisions]);
}

interface Term {
  readonly peers: Peers;
  readonly deployments: Informer<Deployment>;
  readonly told: ToldDecisions;
  readonly known: ReadonlyMap<string, Scaled>;
  readonly leads: () => boolean;
  readonly signal: AbortSignal;
}

async function lookAndWrite(parts: AutoscalerParts, term: Term): Promise<ReadonlyMap<string, Scaled>> {
  const { clock, log, services } = parts;
  const { peers, deployments, told, known, leads, signal } = term;
  const found = parts.found();
  if (!isDue(found, known, clock.now())) {
    return known;
  }
  const { statistics, isComplete } = await peers.ask(signal);
  const now = clock.now();
  const { decisions, after } = decideRound({
    now,
    services: found,
    demand: demand(statistics),
    isComplete,
    current: ({ namespace, route }) => deployments.get(namespace, route.deployment)?.spec.replicas,
    before: known,
  });
  await Promise.all(
    decisions.map(async (decision) => {
      services.find(decision.service.route.name)?.explainScaling(decision);
      const { service, settings, because, ...inputs } = decision;
      const { current: replicas, ...seen } = inputs;
      told.note(service.route.name, { ...seen, now, settings, isComplete, replicas, because });
      const fields = { service: service.route.name, ...inputs, routers: statistics.length, isComplete, because };
      if (decision.desired === decision.current) {
        log.debug(fields, 'Replicas are kept');
        return;
      }
      log.info(fields, 'Replicas are scaled');
      await write(parts, decision, leads, signal);
    }),
  );
  return after;
}

async function write(
  { client, clock, log }: AutoscalerParts,
  { service, desired }: ServiceDecision,
  leads: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  const { namespace, route } = service;
  // Fencing: a router that was paused since it decided must not undo what its successor did.
  if (!leads()) {
    return;
  }
  const late = new AbortController();
  const cancel = clock.after(WRITE_MS, () => late.abort(new Error(`no answer within ${WRITE_MS} ms`)));
  try {
    await client.patch(
      KINDS.deployment,
      { namespace, name: route.deployment },
      { spec: { replicas: desired } },
      AbortSignal.any([late.signal, signal]),
      'scale',
    );
  } catch (error) {
    if (!signal.aborted) {
      log.warn(
        { err: error, service: route.name, desired },
        'Replicas could not be scaled; the next round tries again',
      );
    }
  } finally {
    cancel();
  }
}

/** All that is needed of a Deployment. */
function onlyReplicas({ apiVersion, kind, metadata, spec }: Deployment): Deployment {
  const { name, namespace, resourceVersion, uid } = metadata;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(uid === undefined ? {} : { uid }),
    },
    // Absent is 1. source: DeploymentSpec of apps/v1.
    spec: { replicas: spec.replicas ?? 1, selector: { matchLabels: {} }, template: { spec: { containers: [] } } },
  };
}
