import { expect, test } from 'vitest';

import { NEEDED_PERMISSIONS, permissionsMissing } from './permissions.ts';

test('each permission is asked for once, and none is a wildcard', () => {
  const keys = NEEDED_PERMISSIONS.map((permission) =>
    JSON.stringify(permission, ['verb', 'group', 'resource', 'subresource']),
  );
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.join()).not.toContain('*');
  expect(NEEDED_PERMISSIONS).toContainEqual({
    verb: 'patch',
    group: 'apps',
    resource: 'deployments',
    subresource: 'scale',
  });
  expect(NEEDED_PERMISSIONS).toContainEqual({ verb: 'list', group: '', resource: 'nodes' });
});

test('those that are missing are told by what they are about, with where to get them', () => {
  const error = permissionsMissing('https://kube', [
    { verb: 'create', group: 'apps', resource: 'deployments' },
    { verb: 'get', group: '', resource: 'pods', subresource: 'log' },
    { verb: 'patch', group: 'apps', resource: 'deployments' },
  ]);
  expect(error.code).toBe('ClusterPermissionsMissing');
  expect(error.message).toContain('https://kube: create, patch deployments.apps; get pods/log.');
  expect(error.suggestion).toMatch(/docs\/kubernetes\.md.*Helm chart/);
  expect(error.details.map(({ message }) => message)).toEqual([
    'create deployments.apps',
    'get pods/log',
    'patch deployments.apps',
  ]);
});
