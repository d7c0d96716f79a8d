import { z } from 'zod';

import { page, PageQuery } from '../resources/common.ts';
import { AssignRole, CreateIdentity, Identity, IdentityWithSecret, ResetSecret, ROLES } from '../resources/identity.ts';
import { Scope } from '../resources/scope.ts';
import { route } from '../route.ts';

/** By its name, or by its id. */
const IdentityPath = z.object({ identity: z.string().min(1).max(128) });
const IDENTITY = '/identities/:identity' as const;
const common = { tag: 'Identities', need: 'manage' } as const;

export const identities = {
  list: route({
    ...common,
    operationId: 'listIdentities',
    method: 'GET',
    path: '/identities',
    summary: 'Lists service principals and users with their roles, newest first.',
    query: PageQuery,
    responses: { 200: page(Identity) },
    idempotent: true,
  }),
  create: route({
    ...common,
    operationId: 'createIdentity',
    method: 'POST',
    path: '/identities',
    summary: 'Creates a service principal or a user; the answer shows its secret, this once.',
    body: CreateIdentity,
    responses: { 201: IdentityWithSecret },
    idempotent: false,
  }),
  get: route({
    ...common,
    operationId: 'getIdentity',
    method: 'GET',
    path: IDENTITY,
    summary: 'Reads an identity with its roles.',
    params: IdentityPath,
    responses: { 200: Identity },
    idempotent: true,
  }),
  delete: route({
    ...common,
    operationId: 'deleteIdentity',
    method: 'DELETE',
    path: IDENTITY,
    summary: 'Deletes an identity; its tokens are refused from then on.',
    params: IdentityPath,
    responses: { 204: null },
    idempotent: true,
  }),
  resetSecret: route({
    ...common,
    operationId: 'resetIdentitySecret',
    method: 'POST',
    path: `${IDENTITY}/resetSecret`,
    summary: 'Gives an identity a new secret, and ends its logins.',
    params: IdentityPath,
    body: ResetSecret,
    responses: { 200: IdentityWithSecret },
    idempotent: false,
  }),
  assignRole: route({
    ...common,
    operationId: 'assignRole',
    method: 'PUT',
    path: `${IDENTITY}/roles`,
    summary: 'Gives an identity a role in a scope.',
    params: IdentityPath,
    body: AssignRole,
    responses: { 200: Identity },
    idempotent: true,
  }),
  revokeRole: route({
    ...common,
    operationId: 'revokeRole',
    method: 'DELETE',
    path: `${IDENTITY}/roles`,
    summary: 'Takes a role in a scope from an identity.',
    params: IdentityPath,
    query: z.strictObject({ role: z.enum(ROLES), scope: Scope.default('/') }),
    responses: { 200: Identity },
    idempotent: true,
  }),
} as const;
