import { expect, test } from 'vitest';

import { CreateIdentity, IdentityName, may, type Need, NEEDS, type Role, ROLES } from './identity.ts';

const WORKSPACE = { subscriptionId: 'sub', resourceGroup: 'rg', workspace: 'ws' };
const GROUP = { subscriptionId: 'sub', resourceGroup: 'rg' };
const OTHER = { ...WORKSPACE, workspace: 'other' };
const GROUP_ID = '/subscriptions/SUB/resourceGroups/RG';
const WORKSPACE_ID = `${GROUP_ID}/providers/Microsoft.MachineLearningServices/workspaces/WS`;

/** What each role is enough for, in the order of NEEDS: find, read, write, score, manage. */
const TABLE: readonly (readonly [Role, string])[] = [
  ['Owner', '+++++'],
  ['Contributor', '++++-'],
  ['Reader', '++---'],
  ['Scorer', '+--+-'],
];
const ENOUGH = TABLE.flatMap(([role, marks]) =>
  NEEDS.map((need, index): [Role, Need, boolean] => [role, need, marks[index] === '+']),
);

test('the table has every role', () => {
  expect(TABLE.map(([role]) => role)).toEqual(ROLES);
});

test.each(ENOUGH)(
  '%s, who needs to %s in a workspace: %s, wherever above it the role is held',
  (role, need, enough) => {
    for (const scope of ['/', '/subscriptions/SUB', GROUP_ID, WORKSPACE_ID]) {
      expect(may([{ role, scope }], need, WORKSPACE)).toBe(enough);
    }
    for (const scope of ['/subscriptions/other', '/subscriptions/sub/resourceGroups/other', WORKSPACE_ID]) {
      expect(may([{ role, scope }], need, OTHER)).toBe(false);
    }
  },
);

test.each(ENOUGH)('%s of a workspace, who needs to %s in what is above it', (role, need, enough) => {
  const roles = [{ role, scope: WORKSPACE_ID }];
  const looks = need === 'find' || need === 'read';
  expect(may(roles, need, GROUP)).toBe(enough && looks);
  expect(may(roles, need, {})).toBe(enough && looks);
  expect(may(roles, need, { subscriptionId: 'other' })).toBe(false);
});

test('several roles add up, and none is nothing', () => {
  const roles = [
    { role: 'Reader', scope: '/' },
    { role: 'Scorer', scope: WORKSPACE_ID },
  ] as const;
  expect(may(roles, 'score', WORKSPACE)).toBe(true);
  expect(may(roles, 'score', OTHER)).toBe(false);
  expect(may([], 'find', {})).toBe(false);
});

test('a name with what would end a part of a path is another name', () => {
  expect(may([{ role: 'Owner', scope: WORKSPACE_ID }], 'read', { ...WORKSPACE, workspace: 'ws/../other' })).toBe(false);
});

test.each(['a', 'ada@example.com', 'build-bot_2', 'A.B+C'])('"%s" is a name', (name) => {
  expect(IdentityName.safeParse(name).success).toBe(true);
});

test.each(['', 'owner', 'OWNER', '-a', 'a b', 'a/b', 'x'.repeat(129), '04b07795-8ddb-461a-bbee-02f9e1bf7b46', 'a\n'])(
  '"%s" is not a name',
  (name) => {
    expect(IdentityName.safeParse(name).success).toBe(false);
  },
);

test('only users have passwords of their own, and long ones', () => {
  const issues = (body: object) => CreateIdentity.safeParse({ name: 'a', ...body }).error?.issues.length ?? 0;
  expect(issues({ kind: 'user', password: 'long enough' })).toBe(0);
  expect(issues({ kind: 'user', password: 'short' })).toBe(1);
  expect(issues({ password: 'long enough' })).toBe(1);
});
