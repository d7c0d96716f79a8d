/** Who may call, and what they may do. */
import { z } from 'zod';

import { Timestamp } from './common.ts';
import { covers, parseScope, Scope, type ScopeReference } from './scope.ts';

export const ROLES = ['Owner', 'Contributor', 'Reader', 'Scorer'] as const;
export type Role = (typeof ROLES)[number];

/**
 * What a route needs: to find a workspace or a service that is known by name, to look, to change, to score (keys and
 * tokens of services), or to say who may do what.
 */
export const NEEDS = ['find', 'read', 'write', 'score', 'manage'] as const;
export type Need = (typeof NEEDS)[number];

const GRANTED: Readonly<Record<Role, readonly Need[]>> = {
  Owner: NEEDS,
  Contributor: ['find', 'read', 'write', 'score'],
  Reader: ['find', 'read'],
  Scorer: ['find', 'score'],
};

export function grants(role: Role, need: Need): boolean {
  return GRANTED[role].includes(need);
}

export const RoleAssignment = z.object({
  role: z.enum(ROLES),
  /** ARM resource id, or `/` for everything. */
  scope: z.string(),
});
export type RoleAssignment = z.infer<typeof RoleAssignment>;

/** What is above workspaces may be looked at by those who may look at something in it. */
const FROM_BELOW: ReadonlySet<Need> = new Set(['find', 'read']);

export function may(roles: readonly RoleAssignment[], need: Need, at: ScopeReference): boolean {
  return roles.some(({ role, scope }) => {
    const held = parseScope(scope);
    return grants(role, need) && (covers(held, at) || (FROM_BELOW.has(need) && covers(at, held)));
  });
}

/** The tenant that identities are said to be of; any other name in its place means the same. */
export const TENANT_ID = '00000000-0000-0000-0000-000000000000';

const IDENTITY_KINDS = ['servicePrincipal', 'user'] as const;

/** Not a UUID, which would be an id. */
export const IdentityName = z
  .string()
  .regex(/^(?![0-9a-f]{8}-[0-9a-f]{4}-)[A-Za-z0-9][A-Za-z0-9_.@+-]{0,127}$/i, {
    error: 'must be 1 to 128 letters, digits and "_.@+-", start with a letter or digit, and not be a UUID',
  })
  .refine((name) => name.toLowerCase() !== 'owner', { error: 'must not be "owner", who has the token of the home' });

/** Of a person; a service principal's secret is always made here. */
const Password = z
  .string()
  .min(10, { error: 'must have at least 10 characters' })
  .max(256, { error: 'must not have more than 256 characters' });

export const Identity = z
  .object({
    /** UUID: the client id of a service principal, and the object id of either kind. */
    id: z.uuid(),
    tenantId: z.string(),
    name: z.string(),
    kind: z.enum(IDENTITY_KINDS),
    roles: z.array(RoleAssignment),
    createdTime: Timestamp,
    /** When its secret was made; tokens from before are refused. */
    secretTime: Timestamp,
  })
  .meta({ id: 'Identity', description: 'A service principal or a user, with its roles.' });
export type Identity = z.infer<typeof Identity>;

export const IdentityWithSecret = Identity.extend({
  /** Shown this once: only a digest of it is kept. Null when the caller chose it. */
  secret: z.string().nullable(),
}).meta({ id: 'IdentityWithSecret' });

export const CreateIdentity = z
  .strictObject({
    name: IdentityName,
    kind: z.enum(IDENTITY_KINDS).default('servicePrincipal'),
    role: z.enum(ROLES).optional(),
    scope: Scope.default('/'),
    /** Of a user; one is made when it is absent. */
    password: Password.optional(),
  })
  .refine(({ kind, password }) => kind === 'user' || password === undefined, {
    error: 'is only for users: the secret of a service principal is made by the server',
    path: ['password'],
  });

export const ResetSecret = z.strictObject({ password: Password.optional() });

export const AssignRole = z.strictObject({ role: z.enum(ROLES), scope: Scope.default('/') });
