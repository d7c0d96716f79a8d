import { expect, test } from 'vitest';

import { NO_INDEX_OPTIONS } from '../pip-entry.ts';
import { installerEnvironment, withIndexes } from './environment.ts';

test('what pip was told, uv is told; what uv was told itself goes first', () => {
  const told = installerEnvironment({ PIP_INDEX_URL: 'https://pip/simple', PIP_CERT: '/cert' });
  expect(told).toMatchObject({ UV_DEFAULT_INDEX: 'https://pip/simple', SSL_CERT_FILE: '/cert' });
  expect(installerEnvironment({ PIP_INDEX_URL: 'https://pip', UV_DEFAULT_INDEX: 'https://uv' })).toMatchObject({
    UV_DEFAULT_INDEX: 'https://uv',
  });
});

test('secrets of ours, and the virtual environment around us, are kept from installers', () => {
  const told = installerEnvironment({
    FARLED_TOKEN: 'x',
    VIRTUAL_ENV: '/venv',
    PYTHONPATH: '/lib',
    HTTPS_PROXY: 'http://p',
  });
  expect(Object.keys(told)).not.toEqual(expect.arrayContaining(['FARLED_TOKEN']));
  expect(told).not.toHaveProperty('VIRTUAL_ENV');
  expect(told).not.toHaveProperty('PYTHONPATH');
  expect(told).toHaveProperty('HTTPS_PROXY', 'http://p');
});

test('indexes of a pip list are added to those of the machine, and the best version of all is taken', () => {
  const told = withIndexes(
    { UV_INDEX: 'https://ours' },
    { ...NO_INDEX_OPTIONS, extraIndexes: ['https://theirs'], findLinks: ['https://a', 'https://b'], prereleases: true },
  );
  expect(told).toMatchObject({
    UV_INDEX: 'https://ours https://theirs',
    UV_INDEX_STRATEGY: 'unsafe-best-match',
    UV_FIND_LINKS: 'https://a,https://b',
    UV_PRERELEASE: 'allow',
  });
  expect(withIndexes({ A: 'b' }, NO_INDEX_OPTIONS)).toEqual({ A: 'b' });
});
