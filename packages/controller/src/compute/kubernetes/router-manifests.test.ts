import { toYaml } from '@farled/kubernetes';
import { expect, test } from 'vitest';

import { routerManifests } from './router-manifests.ts';
import { routerObjects } from './router-objects.ts';

const OPTIONS = {
  installation: '0123456789abcdef',
  image: 'registry.example/farled@sha256:abc',
  replicas: 1,
  serviceType: 'NodePort',
  internalLoadBalancer: false,
  annotations: {},
  pullSecret: null,
  port: 80,
} as const;

test('the objects are printed below what an administrator needs to know', () => {
  const yaml = routerManifests(OPTIONS);
  const objects = toYaml(routerObjects(OPTIONS));
  expect(yaml.endsWith(objects)).toBe(true);
  expect(yaml.slice(0, -objects.length)).toMatch(/^(#.*\n)+$/);
  expect(yaml).toContain('for installation 0123456789abcdef');
  expect(yaml).toContain(
    '#   helm install farled-router deploy/helm/farled-router --set installation=0123456789abcdef --set image=registry.example/farled@sha256:abc --set replicas=1 --set service.type=NodePort\n',
  );
});

test('the command has what else was chosen', () => {
  const annotations = { 'service.beta.kubernetes.io/azure-load-balancer-internal-subnet': 'apps' };
  const others = { serviceType: 'LoadBalancer', internalLoadBalancer: true, pullSecret: 'farled-registry' } as const;
  expect(routerManifests({ ...OPTIONS, ...others, annotations })).toContain(
    `--set service.type=LoadBalancer --set service.internal=true --set pullSecret=farled-registry --set-json 'service.annotations={"service.beta.kubernetes.io/azure-load-balancer-internal-subnet":"apps"}'`,
  );
});
