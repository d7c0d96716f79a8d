/** How the objects of a service are found again, by us and by people with kubectl. */
import { CLUSTER } from '@farled/contract';
import type { Metadata } from '@farled/kubernetes';

import type { Workload } from '../workload.ts';
import { objectName } from './names.ts';

type Owner = Pick<Workload, 'service' | 'installation' | 'namespace'>;
type Labels = Readonly<Record<string, string>>;

/** On every object of the service. */
export function ownerLabels({ service, installation }: Owner): Labels {
  return {
    ...CLUSTER.managedBy,
    'app.kubernetes.io/name': objectName(service.name),
    [CLUSTER.installationLabel]: installation,
    [CLUSTER.serviceLabel]: objectName(service.name),
    [CLUSTER.serviceIdLabel]: service.id,
  };
}

/** What chooses the pods. A Deployment's selector can't be changed, so it holds only what never changes. */
export function podSelector({ service }: Owner): Labels {
  return { [CLUSTER.serviceIdLabel]: service.id };
}

export function metadata(workload: Owner, name: string, role?: string): Metadata {
  return {
    name,
    namespace: workload.namespace,
    labels: { ...ownerLabels(workload), ...(role === undefined ? {} : { [CLUSTER.roleLabel]: role }) },
  };
}
