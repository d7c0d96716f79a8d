import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { readConfigFile } from './config-file.ts';
import { runtimeConfig } from './config.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'farled-config-'));
  mkdirSync(join(root, 'source'));
});
afterAll(() => rmSync(root, { recursive: true }));

const environment = (more: Record<string, string> = {}): Record<string, string> => ({
  AML_APP_ROOT: root,
  AZUREML_SOURCE_DIRECTORY: 'source',
  AZUREML_ENTRY_SCRIPT: 'score.py',
  ...more,
});

test('the file is looked for where it is named, in the root, then beside the script', () => {
  expect(readConfigFile(environment())).toEqual({});
  writeFileSync(join(root, 'source', 'config.json'), '{"SERVICE_NAME": "beside"}');
  expect(readConfigFile(environment())).toEqual({ SERVICE_NAME: 'beside' });
  writeFileSync(join(root, 'config.json'), '{"SERVICE_NAME": "root", "SCORING_TIMEOUT_MS": 7}');
  expect(readConfigFile(environment())).toEqual({ SERVICE_NAME: 'root', SCORING_TIMEOUT_MS: '7' });
  writeFileSync(join(root, 'own.json'), '{"SERVICE_NAME": null}');
  expect(readConfigFile(environment({ AZUREML_CONFIG_FILE: 'own.json' }))).toEqual({ SERVICE_NAME: '' });
});

test('a variable of the environment wins, and workers are told of the environment alone', () => {
  const file = { SERVICE_NAME: 'file', SCORING_TIMEOUT_MS: '7', OWN: 'x' };
  const config = runtimeConfig(environment({ SERVICE_NAME: 'environment' }), file);
  expect([config.service.name, config.scoringTimeoutMs]).toEqual(['environment', 7]);
  expect(config.environment).not.toHaveProperty('OWN');
});

test.each([
  ['{', /own\.json is no JSON/],
  ['[]', /own\.json must be a JSON object/],
  ['{"A": {}}', /A must be a text, a number, true or false/],
])('a file of %s ends the start', (text, message) => {
  writeFileSync(join(root, 'own.json'), text);
  expect(() => readConfigFile(environment({ AZUREML_CONFIG_FILE: 'own.json' }))).toThrow(message);
});

test('a file that is named and not there ends the start', () => {
  expect(() => readConfigFile(environment({ AZUREML_CONFIG_FILE: 'none.json' }))).toThrow(/none\.json, which AZUREML/);
});
