import { expect, test } from 'vitest';

import { parseScope, Scope, scopeId } from './scope.ts';

const WORKSPACE = '/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/ws';

test.each([
  ['/', '/'],
  ['/subscriptions/s', '/subscriptions/s'],
  ['/subscriptions/s/', '/subscriptions/s'],
  ['/SUBSCRIPTIONS/s/resourcegroups/g', '/subscriptions/s/resourceGroups/g'],
  [WORKSPACE.toLowerCase(), WORKSPACE],
])('%s is the scope %s', (text, scope) => {
  expect(Scope.parse(text)).toBe(scope);
  expect(scopeId(parseScope(scope))).toBe(scope);
});

test.each([
  '',
  's',
  '//',
  '/subscriptions',
  '/subscriptions/ /resourceGroups/g',
  '/subscriptions/s/resourceGroups',
  '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/x/ws',
  `${WORKSPACE}/computes/c`,
  '/subscriptions/s/workspaces/ws',
])('"%s" is no scope, and what is one is told', (text) => {
  expect(Scope.safeParse(text).error?.issues[0]?.message).toContain('/subscriptions/SUB');
});
