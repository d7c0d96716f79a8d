import { expect, test } from 'vitest';

import { inlineFiles, toManifest } from './manifest.ts';
import { packageContainer, packageOf } from './package-files.ts';

const ID = '0b6a3d3e-7d5a-4c34-9d2f-3f6f6c0d9a11';
const files = (...paths: readonly string[]) => paths.map((path) => ({ path, sha256: '0'.repeat(64), size: 1 }));
const made = (...paths: readonly string[]) => ({
  id: ID,
  files: files(...paths),
  inference: { entryScript: 'score.py', environment: { name: 'env', version: '2' } },
});

test('files beside the folders are inline, folders are named once each', () => {
  const all = made('Dockerfile', 'requirements.txt', 'source/score.py', 'source/a/b.py', 'azureml-models/m/1/w.bin');
  expect(inlineFiles(all).map(({ path }) => path)).toEqual(['Dockerfile', 'requirements.txt']);
  const contents = new Map([
    ['Dockerfile', Buffer.from('FROM a')],
    ['requirements.txt', Buffer.from('')],
  ]);
  const remote = { entryType: 'remote', path: '.', unpack: false };
  expect(toManifest(all, contents)).toEqual({
    environment: { name: 'env', version: '2' },
    context: [
      { entryType: 'inline', encoding: 'base64', path: 'Dockerfile', content: 'RlJPTSBh' },
      { entryType: 'inline', encoding: 'base64', path: 'requirements.txt', content: '' },
      { ...remote, uri: `aml://artifact/LocalUpload/package-${ID}/source` },
      { ...remote, uri: `aml://artifact/LocalUpload/package-${ID}/azureml-models` },
    ],
  });
});

test.each(['190801T120000-abcdef01', '21a6f6c3', 'package-', 'package-mine', `x-package-${ID}`, 'mymodel:1'])(
  'container "%s" is of no package',
  (container) => {
    expect(packageOf(container)).toBeUndefined();
  },
);

test('the container of a package is known again', () => {
  expect(packageOf(packageContainer(ID))).toBe(ID);
});
