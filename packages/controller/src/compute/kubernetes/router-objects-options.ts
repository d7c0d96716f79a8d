/** What the objects of the router have in common, and what of them can be chosen. */
import { CLUSTER, type ServiceType } from '@farled/contract';
import type { KubernetesObject } from '@farled/kubernetes';

export interface RouterInstallation {
  /** Which Farled it belongs to; a value that a label can have. */
  readonly installation: string;
  /** Reference of the router's image, best by digest. */
  readonly image: string;
  /** 3 for FastProd, 1 for DevTest. */
  readonly replicas: number;
  readonly serviceType: ServiceType;
  /** Asks AKS, EKS and GKE for an address that only the network of the cluster reaches. */
  readonly internalLoadBalancer: boolean;
  /** Of the Service: what else a load balancer is told, such as its subnet. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Name of a Secret of the routers' namespace with the registry's credentials. */
  readonly pullSecret: string | null;
  /** Where the Service listens. */
  readonly port: number;
}

/** An object of whose kind nothing more is known here. */
export type Manifest = KubernetesObject & Readonly<Record<string, unknown>>;

/** On every object of the router, and what its pods are found by. */
export const ROUTER_SELECTOR = { 'app.kubernetes.io/name': CLUSTER.router } as const;

export type Labels = Readonly<Record<string, string>>;
