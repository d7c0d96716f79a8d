/** All objects of a service. */
import { type Kind, KINDS, type KubernetesObject } from '@farled/kubernetes';

import type { Workload } from '../workload.ts';
import { deployment } from './deployment.ts';
import { disruptionBudget } from './disruption-budget.ts';
import { environmentSecret } from './environment-secret.ts';
import { headlessService } from './headless-service.ts';
import { networkPolicy } from './network-policy.ts';
import { routeSecret } from './route-secret.ts';

export interface WorkloadObject {
  readonly kind: Kind;
  readonly object: KubernetesObject;
}

/**
 * In the order to apply them: what pods need is there before them, and nothing can reach them before the policy that
 * says who may. Routers know the service before it has replicas, so that an early request hears that it starts, not
 * that it does not exist.
 *
 * @throws FarledError InvalidDeploymentSpec when the environment variables are too large.
 */
export function workloadObjects(workload: Workload): readonly WorkloadObject[] {
  const environment = environmentSecret(workload);
  return [
    ...(environment === null ? [] : [{ kind: KINDS.secret, object: environment }]),
    { kind: KINDS.networkPolicy, object: networkPolicy(workload) },
    { kind: KINDS.podDisruptionBudget, object: disruptionBudget(workload) },
    { kind: KINDS.service, object: headlessService(workload) },
    { kind: KINDS.secret, object: routeSecret(workload) },
    { kind: KINDS.deployment, object: deployment(workload) },
  ];
}
