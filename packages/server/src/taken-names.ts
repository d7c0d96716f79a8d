/** Services and endpoints share their names: both are scored at `/api/v1/service/<name>/score`. */
import { FarledError } from '@farled/contract';
import type { Stores, WorkspaceRecord } from '@farled/state';

/** @throws FarledError EndpointAlreadyExists, of whatever compute target: a name means one thing in a workspace. */
export async function refuseEndpointName(stores: Stores, { key }: WorkspaceRecord, name: string): Promise<void> {
  if ((await stores.endpoints.find(key, name)) !== undefined) {
    throw new FarledError('EndpointAlreadyExists', `There is an endpoint "${name}", and services share its names.`, {
      suggestion: 'Choose another name, or delete the endpoint.',
    });
  }
}

/** @throws FarledError ServiceAlreadyExists */
export async function refuseServiceName(stores: Stores, { key }: WorkspaceRecord, name: string): Promise<void> {
  if ((await stores.services.find(key, name)) !== undefined) {
    throw new FarledError('ServiceAlreadyExists', `There is a service "${name}", and endpoints share its names.`, {
      suggestion: 'Choose another name, or delete the service.',
    });
  }
}

/** @throws FarledError ServiceNameTaken */
export async function refuseNameElsewhere(
  stores: Stores,
  { key }: WorkspaceRecord,
  name: string,
  computeName: string,
): Promise<void> {
  const compute = await stores.computes.find(key, computeName);
  if (
    compute?.clusterKind === 'local' &&
    ((await stores.services.nameTaken(name, key)) || (await stores.endpoints.nameTaken(name, key)))
  ) {
    throw new FarledError('ServiceNameTaken', `A service of another workspace on this machine is called "${name}".`, {
      suggestion: 'Choose another name: all services of this machine share one scoring address.',
    });
  }
}
