/** The probes of a container in words, with the numbers that ended it. */
import type { Container, Probe } from '@farled/kubernetes';

/** Seconds that the startup probe gives a container; 0 when there is none. */
export function startupAllowance(spec: Container | undefined): number {
  const probe = spec?.startupProbe;
  return (probe?.periodSeconds ?? 10) * (probe === undefined ? 0 : (probe.failureThreshold ?? 3));
}

export function startupInWords(spec: Container | undefined): string {
  const path = spec?.startupProbe?.httpGet?.path ?? '/';
  return `init() had not returned after ${startupAllowance(spec)} s (GET ${path} was not answered with 200), the time that livenessProbeRequirements gives it: initialDelaySeconds + periodSeconds x failureThreshold`;
}

export function livenessInWords(spec: Container | undefined): string {
  const { httpGet, failureThreshold, periodSeconds, timeoutSeconds } = withDefaults(spec?.livenessProbe);
  return `GET ${httpGet?.path ?? '/'} was not answered ${failureThreshold} times in a row, asked every ${periodSeconds} s, each within ${timeoutSeconds} s (livenessProbeRequirements)`;
}

/** As Kubernetes fills them in. */
function withDefaults(probe: Probe | undefined) {
  return { periodSeconds: 10, timeoutSeconds: 1, failureThreshold: 3, ...probe };
}
