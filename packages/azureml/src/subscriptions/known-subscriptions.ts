/**
 * The subscriptions that a caller is told of. azureml-core asks for them before every call of ARM, and makes no call in
 * a subscription that is not among them, so that a new one can't be learnt from its requests. Pure.
 */
import { may, parseScope, SubscriptionId } from '@farled/contract';
import { type AdmittedCaller, DEFAULT_TENANT } from '@farled/identity';

/** Of workspaces that never were in Azure. */
export const DEFAULT_SUBSCRIPTION = '00000000-0000-0000-0000-000000000000';

/**
 * Those of resource groups; the one of workspaces that never were in Azure; those that the caller's roles name; and the
 * caller's tenant, which is any text that scripts say it is: who names it as their subscription is in it on a server
 * that knows of none. Without regard to case, each as it was spelled first.
 */
export function knownSubscriptions(
  groups: readonly string[],
  { roles, tenantId }: Pick<AdmittedCaller, 'roles' | 'tenantId'>,
): readonly string[] {
  const said = roles.flatMap(({ scope }) => parseScope(scope).subscriptionId ?? []);
  const tenants = tenantId === DEFAULT_TENANT || !SubscriptionId.safeParse(tenantId).success ? [] : [tenantId];
  const ids = new Map<string, string>();
  for (const id of [DEFAULT_SUBSCRIPTION, ...groups, ...said, ...tenants]) {
    if (!ids.has(id.toLowerCase()) && may(roles, 'find', { subscriptionId: id })) {
      ids.set(id.toLowerCase(), id);
    }
  }
  return [...ids.values()];
}
