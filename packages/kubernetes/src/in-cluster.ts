/** The connection of a pod to the API server of its own cluster. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { FarledError } from '@farled/contract';
import { readConfig } from '@farled/service';
import { z } from 'zod';

import type { Connection } from './connection.ts';

const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The kubelet sets them in every container. */
const Variables = z.object({
  KUBERNETES_SERVICE_HOST: z.string(),
  KUBERNETES_SERVICE_PORT: z.coerce.number().int().min(1).max(65_535).default(443),
});

/** @throws FarledError BadArgument outside of a pod, or in one without a service account's token. */
export function inClusterConnection(
  environment: Readonly<Record<string, string | undefined>>,
  folder = FOLDER,
): Connection {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = readConfig(Variables, environment);
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    certificateAuthority: readAccountFile(folder, 'ca.crt'),
    skipTlsVerify: false,
    tlsServerName: null,
    // Read when it is needed: Kubernetes replaces it.
    credential: { kind: 'tokenFile', path: join(folder, 'token') },
  };
}

/** The namespace that the pod runs in. */
export function inClusterNamespace(folder = FOLDER): string {
  return readAccountFile(folder, 'namespace').trim();
}

function readAccountFile(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch (cause) {
    throw new FarledError('BadArgument', `The service account's file ${join(folder, name)} can't be read.`, {
      suggestion: 'Set automountServiceAccountToken of the pod or of its service account.',
      cause,
    });
  }
}
