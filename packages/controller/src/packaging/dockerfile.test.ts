import { expect, test } from 'vitest';

import { dockerfile, type DockerfileContent } from './dockerfile.ts';

const CONTENT: DockerfileContent = {
  base: 'docker.io/library/python:3.11-slim-bookworm',
  hasRequirements: true,
  hasModels: true,
  nodeVersion: '24.1.0',
  variables: { AZUREML_ENTRY_SCRIPT: 'score.py' },
};

test('what changes least comes first, and it ends with the entry point', () => {
  expect(dockerfile(CONTENT).split('\n').slice(2)).toEqual([
    'FROM docker.io/library/node:24.1.0-bookworm-slim AS node',
    '',
    'FROM docker.io/library/python:3.11-slim-bookworm',
    'USER root',
    'COPY --from=node /usr/local/bin/node /opt/farled/bin/node',
    'COPY requirements.txt /opt/farled/requirements.txt',
    'RUN python3 -m venv /opt/farled/python && /opt/farled/python/bin/pip install --no-cache-dir -r /opt/farled/requirements.txt',
    'COPY runtime /opt/farled/runtime',
    'COPY --chown=1000:1000 azureml-models /var/azureml-app/azureml-models',
    'COPY --chown=1000:1000 source /var/azureml-app/source',
    'ENV AZUREML_ENTRY_SCRIPT="score.py"',
    'WORKDIR /var/azureml-app',
    'USER 1000:1000',
    'EXPOSE 5001',
    'ENTRYPOINT ["/opt/farled/bin/node","/opt/farled/runtime/dist/main.mjs"]',
    '',
  ]);
});

test('an environment of its user and a service without models copy neither', () => {
  const text = dockerfile({ ...CONTENT, hasRequirements: false, hasModels: false });
  expect(text).not.toMatch(/requirements|venv|COPY .*azureml-models/);
  expect(text).toContain('RUN mkdir -p /var/azureml-app/azureml-models');
});

test('values of variables come through as they are, or not at all', () => {
  const text = dockerfile({ ...CONTENT, variables: { PRICE: String.raw`"5" \ $HOME` } });
  expect(text).toContain(String.raw`ENV PRICE="\"5\" \\ \$HOME"`);
  expect(() => dockerfile({ ...CONTENT, variables: { PEM: 'secret\nlines' } })).toThrow(/PEM has several lines/);
  expect(() => dockerfile({ ...CONTENT, variables: { PEM: 'secret\nlines' } })).not.toThrow(/secret/);
});
