/** How a kubeconfig is refused. */
import { FarledError } from '@farled/contract';

export function unusable(message: string, suggestion: string | undefined): FarledError {
  return new FarledError('KubeconfigUnusable', message, {
    suggestion: suggestion ?? 'Write one with `kubectl config view --flatten --minify --raw`.',
  });
}
