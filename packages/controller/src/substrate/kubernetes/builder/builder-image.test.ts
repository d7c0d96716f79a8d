import { expect, test } from 'vitest';

import { builderFiles } from './builder-image.ts';

const SETTINGS = { image: 'any', registryForPods: null, certificateAuthorities: null };
const CONF = '/etc/containers/registries.conf.d/farled.conf';

test('the Dockerfile is in the image as it was written', () => {
  const text = 'FROM python:3.11\nRUN echo "$HOME" \\\n  && true\n';
  expect(builderFiles(SETTINGS, 'registry.example', text)['/workspace/Dockerfile']).toBe(text);
});

test('a registry on this machine is reached as pods can, without TLS; others never without', () => {
  const local = builderFiles({ ...SETTINGS, registryForPods: '10.0.0.1:5000' }, '127.0.0.1:5000', 'FROM x')[CONF];
  expect(local).toContain('prefix = "127.0.0.1:5000"\nlocation = "10.0.0.1:5000"\ninsecure = true');
  const remote = builderFiles(SETTINGS, 'registry.example', 'FROM x')[CONF];
  expect(remote).toContain('insecure = false');
  expect(remote).not.toContain('true');
});

test('authorities that are trusted here are trusted there, for that registry alone', () => {
  const files = builderFiles({ ...SETTINGS, certificateAuthorities: 'PEM' }, 'registry.example:5000', 'FROM x');
  expect(files['/etc/containers/certs.d/registry.example:5000/ca.crt']).toBe('PEM');
});
