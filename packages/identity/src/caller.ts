import type { Need, WorkspaceReference } from '@farled/contract';

/** Who sent a request. */
export interface Caller {
  /** UUID of the identity; all zeros for the owner of this Farled. */
  readonly id: string;
  readonly name: string;
  /** As it stood in the path that the token was asked for under. */
  readonly tenantId: string;
}

/** Lets callers in, or says why not. */
export interface Callers {
  /**
   * @param at the workspace that the request is about; null for what is above workspaces.
   * @throws FarledError Unauthorized for no or an unknown credential, Forbidden for one that may not do this.
   */
  admit(authorization: string | undefined, need: Need, at: WorkspaceReference | null): Promise<Caller>;
}

export const OWNER_ID = '00000000-0000-0000-0000-000000000000';
/** Of tokens that were asked for without one. */
export const DEFAULT_TENANT = '00000000-0000-0000-0000-000000000000';
