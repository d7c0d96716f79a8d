/** How the router is reached: by clients, by its peers, and by nobody else. */
import { CLUSTER } from '@farled/contract';

import { type Labels, type Manifest, ROUTER_SELECTOR, type RouterInstallation } from './router-objects-options.ts';

/** Of the container. */
export const ROUTER_PORTS = { scoring: 8080, health: 8081 } as const;
/** The headless Service by whose EndpointSlices routers find each other. */
const ROUTER_PEERS = `${CLUSTER.router}-peers`;

/** Each provider reads its own and ignores the others'. */
const INTERNAL_LOAD_BALANCER = {
  // source: AKS, GKE and the AWS load balancer controller, their documentation of internal load balancers.
  'service.beta.kubernetes.io/azure-load-balancer-internal': 'true',
  'networking.gke.io/load-balancer-type': 'Internal',
  'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal',
} as const;

export function networkObjects(options: RouterInstallation, labels: Labels): Manifest[] {
  return [networkPolicy(labels), scoringService(options, labels), peersService(labels)];
}

function networkPolicy(labels: Labels): Manifest {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: CLUSTER.router, namespace: CLUSTER.systemNamespace, labels },
    spec: {
      podSelector: { matchLabels: ROUTER_SELECTOR },
      policyTypes: ['Ingress'],
      ingress: [
        { ports: [{ port: ROUTER_PORTS.scoring, protocol: 'TCP' }] },
        { ports: [{ port: ROUTER_PORTS.health, protocol: 'TCP' }], from: [{ podSelector: {} }] },
      ],
    },
  };
}

function scoringService(options: RouterInstallation, labels: Labels): Manifest {
  const isInternal = options.internalLoadBalancer && options.serviceType === 'LoadBalancer';
  const annotations = { ...(isInternal ? INTERNAL_LOAD_BALANCER : {}), ...options.annotations };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: CLUSTER.router, namespace: CLUSTER.systemNamespace, labels, annotations },
    spec: {
      type: options.serviceType,
      selector: ROUTER_SELECTOR,
      ports: [{ name: 'scoring', port: options.port, targetPort: 'scoring', protocol: 'TCP' }],
    },
  };
}

function peersService(labels: Labels): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: ROUTER_PEERS, namespace: CLUSTER.systemNamespace, labels },
    spec: {
      clusterIP: 'None',
      selector: ROUTER_SELECTOR,
      ports: [{ name: 'health', port: ROUTER_PORTS.health, targetPort: 'health', protocol: 'TCP' }],
    },
  };
}
