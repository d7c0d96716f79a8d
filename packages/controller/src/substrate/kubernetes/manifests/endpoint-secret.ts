/** What the routers are told of an endpoint. */
import { CLUSTER, type EndpointRoute } from '@farled/contract';
import type { Secret } from '@farled/kubernetes';

import { base64 } from './base64.ts';
import { endpointSecretName, objectName } from './names.ts';

/** Kept with the routers, as the routes of its versions are, which are services. */
export function endpointSecret(endpointId: string, installation: string, route: EndpointRoute): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: endpointSecretName(route.name, endpointId),
      namespace: CLUSTER.systemNamespace,
      labels: {
        ...CLUSTER.managedBy,
        'app.kubernetes.io/name': objectName(route.name),
        [CLUSTER.installationLabel]: installation,
        [CLUSTER.endpointIdLabel]: endpointId,
        [CLUSTER.roleLabel]: 'endpoint',
      },
    },
    type: 'Opaque',
    data: { [CLUSTER.endpointKey]: base64(JSON.stringify(route)) },
  };
}
