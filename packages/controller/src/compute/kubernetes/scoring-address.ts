/** Where clients reach the routers of a cluster: from their Service, and the nodes when it has only a port of them. */
import type { Node, Service } from '@farled/kubernetes';

/** Null while a load balancer has no address yet. */
export function scoringAddress(service: Service, nodes: readonly Node[]): string | null {
  const [port] = service.spec.ports;
  if (port === undefined) {
    return null;
  }
  switch (service.spec.type) {
    case 'LoadBalancer': {
      const [ingress] = service.status?.loadBalancer?.ingress ?? [];
      const host = ingress?.hostname ?? ingress?.ip;
      return host === undefined ? null : address(host, port.port);
    }
    case 'NodePort':
      return nodeAddress(service, nodes);
    default:
      return service.spec.clusterIP === undefined || service.spec.clusterIP === 'None'
        ? null
        : address(service.spec.clusterIP, port.port);
  }
}

/**
 * The port that nodes have for the Service. One for a load balancer has it too: that is how the routers are reached in
 * a cluster that has none to give.
 */
export function nodeAddress({ spec }: Service, nodes: readonly Node[]): string | null {
  const nodePort = spec.ports[0]?.nodePort;
  const host = nodes.map(nodeHost).find((found) => found !== undefined);
  return host === undefined || nodePort === undefined ? null : address(host, nodePort);
}

/** The address that most can reach comes first. */
function nodeHost({ status }: Node): string | undefined {
  const addresses = status?.addresses ?? [];
  return ['ExternalIP', 'InternalIP', 'Hostname']
    .map((type) => addresses.find((one) => one.type === type)?.address)
    .find((found) => found !== undefined);
}

function address(host: string, port: number): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === 80 ? `http://${name}` : `http://${name}:${port}`;
}
