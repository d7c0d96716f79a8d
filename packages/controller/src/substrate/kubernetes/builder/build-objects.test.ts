import { expect, test } from 'vitest';

import { type BaseBuild, buildJob, buildsNamespace, BUILDS_NAMESPACE } from './build-objects.ts';

const BUILD: BaseBuild = {
  name: 'base-0123-amd64',
  installation: 'one',
  builderImage: 'registry.example/farled@sha256:1',
  architecture: 'amd64',
  destination: 'registry.example/farled:base-0123-amd64',
  hasLogins: false,
};

test('a build runs once, for a limited time, on nodes of its architecture, and without a token of the cluster', () => {
  const { metadata, spec } = buildJob(BUILD);
  expect(metadata).toMatchObject({
    name: BUILD.name,
    namespace: BUILDS_NAMESPACE,
    labels: { 'app.kubernetes.io/managed-by': 'farled', 'farled.dev/installation': 'one' },
  });
  expect(spec).toMatchObject({ backoffLimit: 0, activeDeadlineSeconds: 1200 });
  expect(spec?.template.spec).toMatchObject({
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    nodeSelector: { 'kubernetes.io/arch': 'amd64' },
  });
});

test('it is not privileged, and the name of what it pushes is no part of the script', () => {
  const [container] = buildJob({ ...BUILD, destination: 'x/y:$(evil)' }).spec?.template.spec.containers ?? [];
  expect(container?.securityContext).not.toHaveProperty('privileged');
  expect(JSON.stringify(container?.securityContext)).not.toContain('SYS_ADMIN');
  const [, , script, , destination] = container?.command ?? [];
  expect(destination).toBe('x/y:$(evil)');
  expect(script).not.toContain('evil');
});

test('logins come from a Secret of its own, for buildah and for the node', () => {
  const { spec } = buildJob({ ...BUILD, hasLogins: true });
  expect(spec?.template.spec).toMatchObject({
    imagePullSecrets: [{ name: BUILD.name }],
    volumes: [{ name: 'storage' }, { name: 'logins', secret: { secretName: BUILD.name } }],
  });
  expect(JSON.stringify(buildJob(BUILD))).not.toMatch(/logins|imagePullSecrets|REGISTRY_AUTH_FILE/);
});

test('its namespace goes with the installation, and lets its pods be', () => {
  expect(buildsNamespace('one').metadata.labels).toMatchObject({
    'farled.dev/installation': 'one',
    'pod-security.kubernetes.io/enforce': 'privileged',
  });
});
