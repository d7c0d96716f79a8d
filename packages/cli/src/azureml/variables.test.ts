import { describe, expect, test } from 'vitest';

import type { IdentityKind } from './identity.ts';
import { applyVariables, type ClientFiles, clientVariables } from './variables.ts';

const FILES: ClientFiles = {
  root: '/h/azureml',
  clouds: '/h/azureml/x/clouds.json',
  bundle: '/h/azureml/x/ca-bundle.pem',
  config: '/h/azureml/x/azure',
  logins: '/h/azureml/x/auth',
  python: '/h/azureml/x/python',
};
const COMMON = {
  files: FILES,
  url: 'https://farled.blob.localhost:7312',
  kind: 'none' as IdentityKind,
  given: {},
  proxyUrl: null,
  clientId: undefined,
  password: undefined,
};
const SECRET = { AZUREML_SERVICE_PRINCIPAL_ID: 'id', AZUREML_SERVICE_PRINCIPAL_PASSWORD: 'pw' };

describe('the variables of azureml-core', () => {
  test('lead to the files and to the identity of the machine, by loopback', () => {
    expect(clientVariables({ ...COMMON, kind: 'msi' })).toEqual({
      ARM_CLOUD_METADATA_URL: 'file:///h/azureml/x/clouds.json',
      AZUREML_CURRENT_CLOUD: 'AzureCloud',
      REQUESTS_CA_BUNDLE: '/h/azureml/x/ca-bundle.pem',
      AZURE_CONFIG_DIR: '/h/azureml/x/azure',
      AZUREML_AUTH_CONFIG_DIR: '/h/azureml/x/auth',
      PYTHONPATH: '/h/azureml/x/python',
      MSI_ENDPOINT: 'https://localhost:7312/msi/token',
    });
  });

  test('of a path with blanks and marks the URL is still the one of that file', () => {
    const { ARM_CLOUD_METADATA_URL } = clientVariables({ ...COMMON, files: { ...FILES, clouds: '/a b/#1/100%' } });
    expect(ARM_CLOUD_METADATA_URL).toBe('file:///a%20b/%231/100%25');
  });

  test.each([
    [undefined, '/h/azureml/x/python'],
    ['', '/h/azureml/x/python'],
    ['/mine', '/h/azureml/x/python:/mine'],
    ['/h/azureml/x/python:/mine', '/h/azureml/x/python:/mine'],
    ['/mine:/h/azureml/of-another-address/python', '/h/azureml/x/python:/mine'],
    ['/h/azureml-mine', '/h/azureml/x/python:/h/azureml-mine'],
  ])('PYTHONPATH=%j becomes %j', (PYTHONPATH, wanted) => {
    expect(clientVariables({ ...COMMON, given: { PYTHONPATH } })['PYTHONPATH']).toBe(wanted);
  });

  test('PYTHONPATH is left alone where every resolver knows the name', () => {
    const files = { ...FILES, python: null };
    const given = { PYTHONPATH: '/mine' };
    expect(clientVariables({ ...COMMON, files, given, url: 'https://f.blob.example.com' })).not.toHaveProperty(
      'PYTHONPATH',
    );
  });

  test('by the proxy, the client keeps its own addresses, and this machine is reached without it', () => {
    expect(clientVariables({ ...COMMON, kind: 'msi', proxyUrl: 'http://127.0.0.1:7313' })).toEqual({
      ARM_CLOUD_METADATA_URL: null,
      AZUREML_CURRENT_CLOUD: null,
      HTTPS_PROXY: 'http://127.0.0.1:7313',
      https_proxy: 'http://127.0.0.1:7313',
      NO_PROXY: 'localhost,127.0.0.1',
      no_proxy: 'localhost,127.0.0.1',
      REQUESTS_CA_BUNDLE: '/h/azureml/x/ca-bundle.pem',
      AZURE_CONFIG_DIR: '/h/azureml/x/azure',
      AZUREML_AUTH_CONFIG_DIR: '/h/azureml/x/auth',
      MSI_ENDPOINT: 'https://localhost:7312/msi/token',
    });
  });

  test.each<[IdentityKind, Record<string, string>, Record<string, string | null>]>([
    ['none', SECRET, {}],
    ['msi', {}, { MSI_ENDPOINT: 'https://localhost:7312/msi/token' }],
    [
      'service-principal',
      SECRET,
      {
        MSI_ENDPOINT: null,
        AZUREML_SERVICE_PRINCIPAL_TENANT_ID: '00000000-0000-0000-0000-000000000000',
        ...SECRET,
      },
    ],
    [
      'login',
      SECRET,
      {
        MSI_ENDPOINT: null,
        AZUREML_SERVICE_PRINCIPAL_TENANT_ID: null,
        AZUREML_SERVICE_PRINCIPAL_ID: null,
        AZUREML_SERVICE_PRINCIPAL_PASSWORD: null,
      },
    ],
  ])('who comes as %s has these and not others', (kind, given, wanted) => {
    const seen = clientVariables({ ...COMMON, kind, given });
    const identity = Object.entries(seen).filter(([name]) => /MSI|PRINCIPAL/.test(name));
    expect(Object.fromEntries(identity)).toEqual(wanted);
  });

  test('options of a service principal go before its variables', () => {
    expect(
      clientVariables({ ...COMMON, kind: 'service-principal', given: SECRET, clientId: 'x', password: 'y' }),
    ).toMatchObject({ AZUREML_SERVICE_PRINCIPAL_ID: 'x', AZUREML_SERVICE_PRINCIPAL_PASSWORD: 'y' });
  });

  test.each([
    [{}, '--client-id'],
    [{ AZUREML_SERVICE_PRINCIPAL_ID: 'id' }, '--password-file'],
  ])('a service principal of %j lacks %s', (given, lacks) => {
    expect(() => clientVariables({ ...COMMON, kind: 'service-principal', given })).toThrow(lacks);
  });

  test('the port may be the one of https', () => {
    const seen = clientVariables({ ...COMMON, kind: 'msi', url: 'https://farled.blob.example.com' });
    expect(seen['MSI_ENDPOINT']).toBe('https://localhost:443/msi/token');
  });

  test('a program that is started with them lacks those that must not be set', () => {
    expect(applyVariables({ A: '1', B: '2', C: undefined }, { B: null, D: '4' })).toEqual({ A: '1', D: '4' });
  });
});
