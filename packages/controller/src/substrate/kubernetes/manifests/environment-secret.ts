/** The user's variables, as pods are given them. */
import { FarledError } from '@farled/contract';
import type { Secret } from '@farled/kubernetes';

import type { Workload } from '../workload.ts';
import { base64 } from './base64.ts';
import { metadata } from './labels.ts';
import { environmentSecretName, sortedEntries } from './names.ts';

/** Kubernetes takes no more in one Secret. */
const LARGEST_BYTES = 1024 * 1024;

/** Value of the role label. */
const ENVIRONMENT_ROLE = 'environment';

/**
 * A Secret, because they may be secret; null when there are none.
 *
 * @throws FarledError InvalidDeploymentSpec when they are too large for one.
 */
export function environmentSecret(workload: Workload): (Secret & { readonly immutable: true }) | null {
  const { service, environmentVariables } = workload;
  const entries = sortedEntries(environmentVariables);
  if (entries.length === 0) {
    return null;
  }
  const bytes = entries.reduce((sum, [, value]) => sum + Buffer.byteLength(value), 0);
  if (bytes > LARGEST_BYTES) {
    throw new FarledError(
      'InvalidDeploymentSpec',
      `The environment variables of service "${service.name}" have ${bytes} bytes together; Kubernetes takes ${LARGEST_BYTES}.`,
      { suggestion: 'Put what is large into a file of the source folder, or into a model.' },
    );
  }
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata(workload, environmentSecretName(service.name, environmentVariables), ENVIRONMENT_ROLE),
    type: 'Opaque',
    // The name says the content, so nobody has to watch it for changes.
    immutable: true,
    data: Object.fromEntries(entries.map(([name, value]) => [name, base64(value)])),
  };
}
