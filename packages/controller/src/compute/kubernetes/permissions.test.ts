import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { DEPLOYING_PERMISSIONS, DEPLOYING_RULES, INSTALLING_PERMISSIONS, permissionsMissing } from './permissions.ts';

const ALL = [...DEPLOYING_PERMISSIONS, ...INSTALLING_PERMISSIONS];

test('each permission is asked for once, and none is a wildcard', () => {
  const keys = ALL.map((permission) => JSON.stringify(permission, ['verb', 'group', 'resource', 'subresource']));
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.join()).not.toContain('*');
  const scale = { verb: 'patch', group: 'apps', resource: 'deployments', subresource: 'scale' };
  expect(DEPLOYING_PERMISSIONS).toContainEqual(scale);
  expect(DEPLOYING_PERMISSIONS).toContainEqual({ verb: 'list', group: '', resource: 'nodes' });
});

test('deploying services takes no right over those of others', () => {
  const about = DEPLOYING_PERMISSIONS.map(({ group, resource }) => `${resource}.${group}`).join();
  expect(about).not.toMatch(/rbac|namespaces|serviceaccounts/);
});

test('the documentation has a role with what deploying services takes', async () => {
  const page = await readFile(new URL('../../../../../docs/kubernetes.md', import.meta.url), 'utf8');
  const rules = DEPLOYING_RULES.map(([group, resources, verbs]) =>
    [
      `  - apiGroups: ['${group}']`,
      `    resources: [${resources.join(', ')}]`,
      `    verbs: [${verbs.join(', ')}]`,
    ].join('\n'),
  );
  expect(page).toContain(`\nrules:\n${rules.join('\n')}\n\`\`\`\n`);
});

const MISSING = [
  { verb: 'create', group: 'apps', resource: 'deployments' },
  { verb: 'get', group: '', resource: 'pods', subresource: 'log' },
  { verb: 'patch', group: 'apps', resource: 'deployments' },
];
const LACK = { server: 'https://kube', missing: MISSING, installation: 'abc', present: null };

test('those that are missing are told by what they are about, with where to get them', () => {
  const error = permissionsMissing(LACK);
  expect(error.code).toBe('ClusterPermissionsMissing');
  expect(error.message).toMatch(/https:\/\/kube: create, patch deployments\.apps; get pods\/log\.$/);
  expect(error.suggestion).toMatch(/docs\/kubernetes\.md.*administrator.*installation abc.*kubernetes manifests/);
  expect(error.details.map(({ message }) => message)).toEqual([
    'create deployments.apps',
    'get pods/log',
    'patch deployments.apps',
  ]);
});

test('routers that were installed for another Farled are said to be', () => {
  const { message } = permissionsMissing({ ...LACK, present: { installation: 'helm' } });
  expect(message).toContain('of installation "helm", and this Farled is "abc"');
});
