import { type Need, type RoleAssignment, type ScopeReference, TENANT_ID } from '@farled/contract';

/** Who sent a request. */
export interface Caller {
  /** UUID of the identity; all zeros for the owner of this Farled. */
  readonly id: string;
  readonly name: string;
  /** As it stood in the path that the token was asked for under. */
  readonly tenantId: string;
}

/** Who was let in, with what else it may do. */
export interface AdmittedCaller extends Caller {
  readonly roles: readonly RoleAssignment[];
}

/** Lets callers in, or says why not. */
export interface Callers {
  /**
   * @param at what the request is about, as far as its path says; empty for what is above subscriptions.
   * @throws FarledError Unauthorized for no or an unknown credential, Forbidden for one that may not do this.
   */
  admit(authorization: string | undefined, need: Need, at: ScopeReference): Promise<AdmittedCaller>;
}

export const OWNER_ID = '00000000-0000-0000-0000-000000000000';
/** Of tokens that were asked for without one. */
export const DEFAULT_TENANT = TENANT_ID;

/** Who has the token of the home folder, or runs on the machine of this Farled. */
export const OWNER: AdmittedCaller = {
  id: OWNER_ID,
  name: 'owner',
  tenantId: DEFAULT_TENANT,
  roles: [{ role: 'Owner', scope: '/' }],
};
