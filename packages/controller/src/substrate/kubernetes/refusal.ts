/** What an API server's refusal of a service's objects means to the service's owner. */
import type { ErrorBody } from '@farled/contract';
import { isKubernetesError } from '@farled/kubernetes';

import { errorBody } from '../../service/status.ts';

/** Null when it is no fault of the deployment: the API server is away, busy, or another writer was first. */
export function refusal(error: unknown, namespace: string): ErrorBody | null {
  if (!isKubernetesError(error)) {
    return null;
  }
  if (error.code === 'NotFound' && error.details.kind === 'namespaces') {
    return errorBody(
      'NamespaceNotFound',
      `The cluster has no namespace "${namespace}".`,
      `Create it (\`kubectl create namespace ${namespace}\`), or name another one in the deployment config.`,
    );
  }
  if (error.code === 'Forbidden' && /being terminated/.test(error.message)) {
    return errorBody('NamespaceNotFound', `The namespace "${namespace}" is being deleted.`, 'Name another one.');
  }
  if (error.code === 'Forbidden' && /exceeded quota/.test(error.message)) {
    return errorBody('OutOfQuota', error.message, 'Delete services of the namespace, or have its quota raised.');
  }
  if (error.code === 'Forbidden' || error.code === 'Invalid') {
    return errorBody(
      'InvalidDeploymentSpec',
      error.message,
      error.code === 'Forbidden'
        ? 'Give the account that the cluster was attached with the rights in docs/kubernetes.md, or ask what policy refuses.'
        : undefined,
    );
  }
  return null;
}
