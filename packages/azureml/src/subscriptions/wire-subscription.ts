import { DEFAULT_SUBSCRIPTION } from './known-subscriptions.ts';

/** azureml-core shows names when it does not find the subscription of a script: this is where it can be helped. */
const DEFAULT_NAME = 'Farled (another one is made known by: farled group create --subscription-id ID)';

/** @param tenantId the caller's: subscriptions of other tenants are left out by clients. */
export function toWireSubscription(subscriptionId: string, tenantId: string) {
  return {
    id: `/subscriptions/${subscriptionId}`,
    subscriptionId,
    displayName: subscriptionId === DEFAULT_SUBSCRIPTION ? DEFAULT_NAME : subscriptionId,
    state: 'Enabled',
    tenantId,
  };
}

export function toWireTenant(tenantId: string) {
  return { id: `/tenants/${tenantId}`, tenantId, displayName: 'Farled' };
}
