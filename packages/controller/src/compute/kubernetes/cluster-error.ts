/** What a cluster refused while it was looked at, as an error of ours. Pure. */
import { type ErrorCode, FarledError, isFarledError } from '@farled/contract';
import { isKubernetesError } from '@farled/kubernetes';

const REPLACE = 'Give a new one with `farled cluster add -g RG -n NAME --kubeconfig FILE`, which replaces the old one.';

const KNOWN: Readonly<Record<string, { readonly code: ErrorCode; readonly suggestion: string }>> = {
  Unauthorized: { code: 'ClusterCredentialRefused', suggestion: REPLACE },
  Forbidden: {
    code: 'ClusterPermissionsMissing',
    suggestion: 'Grant it to the credential: docs/kubernetes.md lists what Farled needs, and the Helm chart grants it.',
  },
};

/** Errors that are ours already, and those of an aborted request, stay. */
export function clusterError(error: unknown, server: string): unknown {
  if (isFarledError(error) || !isKubernetesError(error)) {
    return error;
  }
  const known = KNOWN[error.code];
  const reach = 'Check the address, and that this server can reach it.';
  return new FarledError(known?.code ?? 'KubernetesUnaccessible', `The cluster at ${server}: ${error.message}`, {
    suggestion: known?.suggestion ?? error.suggestion ?? reach,
    cause: error,
  });
}
