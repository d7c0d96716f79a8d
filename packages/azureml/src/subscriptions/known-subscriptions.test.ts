import type { RoleAssignment } from '@farled/contract';
import { OWNER } from '@farled/identity';
import { describe, expect, test } from 'vitest';

import { DEFAULT_SUBSCRIPTION, knownSubscriptions } from './known-subscriptions.ts';
import { toWireSubscription } from './wire-subscription.ts';

const caller = (roles: readonly RoleAssignment[], tenantId = OWNER.tenantId) => ({ ...OWNER, roles, tenantId });
const everywhere: readonly RoleAssignment[] = [{ role: 'Reader', scope: '/' }];

describe('a caller is told of', () => {
  test.each([
    ['the default one, on a server that knows of none', [], caller(everywhere), [DEFAULT_SUBSCRIPTION]],
    [
      'those of groups, once each, as spelled first',
      ['Sub', 'SUB', 'b'],
      caller(everywhere),
      [DEFAULT_SUBSCRIPTION, 'Sub', 'b'],
    ],
    ['the one that the tenant is called like', [], caller(everywhere, 'my-sub'), [DEFAULT_SUBSCRIPTION, 'my-sub']],
    [
      'none for a tenant that no subscription can be called like',
      [],
      caller(everywhere, '../x'),
      [DEFAULT_SUBSCRIPTION],
    ],
    ['only those that a role is in', ['a', 'b'], caller([{ role: 'Scorer', scope: '/subscriptions/b' }], 'a'), ['b']],
    [
      'one that a role names, before anything is in it',
      [],
      caller([{ role: 'Contributor', scope: '/subscriptions/new/resourceGroups/g' }]),
      ['new'],
    ],
    ['none without a role', ['a'], caller([]), []],
  ])('%s', (_what, groups, who, wanted) => {
    expect(knownSubscriptions(groups, who)).toEqual(wanted);
  });
});

test('the name of the default one says how others are made known, because clients show it to who asks for another', () => {
  expect(toWireSubscription(DEFAULT_SUBSCRIPTION, 't').displayName).toContain('farled group create');
  expect(toWireSubscription('a', 't')).toMatchObject({ id: '/subscriptions/a', displayName: 'a', tenantId: 't' });
});
