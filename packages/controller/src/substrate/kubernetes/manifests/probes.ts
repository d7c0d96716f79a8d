/**
 * The original has one probe, with a first delay that must cover the slowest start (310 s by default), so that a replica
 * that hangs early is noticed late. Kubernetes can tell starting from running, so the same numbers say:
 *
 * - startup: asked every second whether init() has returned. It is given up when the original's probe would have given
 *   up: after initialDelaySeconds + periodSeconds x failureThreshold.
 * - liveness: the configured period, timeout and threshold, from the moment the start is over, without another delay.
 *   Its successThreshold is dropped: a container that is restarted has no second success, and Kubernetes allows only 1.
 * - readiness: asked every second, so that a replica that can't take requests leaves the routers within 3 s.
 */
import { REPLICA_CONTROL, type ServiceSettings } from '@farled/contract';
import type { Container, Probe } from '@farled/kubernetes';

/** Name of the container's port. */
export const SCORE_PORT = 'score';

type Liveness = ServiceSettings['livenessProbeRequirements'];

export function containerProbes(
  liveness: Liveness,
): Required<Pick<Container, 'startupProbe' | 'livenessProbe' | 'readinessProbe'>> {
  const { periodSeconds, timeoutSeconds, failureThreshold } = liveness;
  return {
    startupProbe: everySecond(startupSeconds(liveness), timeoutSeconds),
    livenessProbe: { httpGet: { path: '/', port: SCORE_PORT }, periodSeconds, timeoutSeconds, failureThreshold },
    readinessProbe: everySecond(3, timeoutSeconds),
  };
}

/** How long init() may take before the replica is started anew. */
export function startupSeconds({ initialDelaySeconds, periodSeconds, failureThreshold }: Liveness): number {
  return initialDelaySeconds + periodSeconds * failureThreshold;
}

function everySecond(failureThreshold: number, timeoutSeconds: number): Probe {
  return {
    httpGet: { path: REPLICA_CONTROL.ready, port: SCORE_PORT },
    periodSeconds: 1,
    timeoutSeconds,
    failureThreshold,
  };
}
