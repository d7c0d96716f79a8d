import { readdir, readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { routerChart } from './router-objects-chart.ts';
import { Template, writeYaml } from './router-objects-yaml.ts';

const FOLDER = new URL('../../../../../deploy/helm/farled-router/', import.meta.url);

test('the chart in deploy/helm says what installs the router now', async () => {
  const files = await readdir(FOLDER, { recursive: true, withFileTypes: true });
  const paths = files
    .filter((file) => file.isFile())
    .map((file) => `${file.parentPath}/${file.name}`.slice(FOLDER.pathname.length).replace(/^\//, ''));
  const written = Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await readFile(new URL(path, FOLDER), 'utf8')] as const)),
  );
  expect(written, 'write it anew: node --conditions=@farled/source tools/write-helm-chart.ts').toEqual(routerChart());
});

test('every value is used', () => {
  const { 'templates/router.yaml': text } = routerChart();
  for (const value of [
    'image',
    'pullSecret',
    'replicas',
    'installation',
    'createNamespace',
    'service.type',
    'service.port',
    'service.internal',
    'service.annotations',
  ]) {
    expect(text).toContain(`.Values.${value}`);
  }
});

test.each([
  [{ a: 1, b: 'text', c: true, d: null }, 'a: 1\nb: text\nc: true\nd: null'],
  [{ a: 'true', b: '1', c: '', d: 'x: y', e: '--flag' }, 'a: "true"\nb: "1"\nc: ""\nd: "x: y"\ne: "--flag"'],
  [{ a: [{ b: 1, c: { d: 2 } }, 'e'] }, 'a:\n  - b: 1\n    c:\n      d: 2\n  - e'],
  [{ a: {}, b: [] }, 'a: {}\nb: []'],
  [{ a: '{{ .Values.b }}', c: new Template(['{{- if d }}', 'e: 1']) }, 'a: {{ .Values.b }}\nc:\n  {{- if d }}\n  e: 1'],
])('writes YAML: %#', (value, text) => {
  expect(writeYaml(value)).toBe(text);
});
