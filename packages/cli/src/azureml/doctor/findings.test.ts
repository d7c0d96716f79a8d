import { describe, expect, test } from 'vitest';

import type { Facts, PlaceFacts, PythonFacts } from './facts.ts';
import { findings } from './findings.ts';

const URL = 'https://farled.blob.localhost:7312';
const PLACE = { url: URL, host: 'farled.blob.localhost', port: 7312, own: true, privateAuthority: true };
const PYTHON: PythonFacts = {
  kind: 'found',
  executable: '/v/bin/python',
  version: '3.11.7',
  azureml: '1.61.0.post4',
  address: '127.0.0.1',
  handshake: null,
};
const WELL: Facts = {
  place: PLACE,
  shell: {
    metadata: 'file:///c.json',
    byProxy: false,
    resourceManager: URL,
    cloud: 'AzureCloud',
    clouds: ['AzureCloud', 'None'],
  },
  answer: { kind: 'answered', status: 200, isFarled: true, aheadSeconds: 1 },
  name: { system: null, hosts: [], reachable: true },
  python: PYTHON,
  bundle: { path: '/b.pem', certificates: 150, hasOurs: true },
  token: { identity: 'msi', issued: { status: 200, message: '' }, accepted: 200 },
  workspace: { file: '/w/config.json', fault: null, name: 'harbour', status: 200 },
  caches: {
    cloudEndpoints: '/a/cloudEndpoints.json',
    cachedResourceManager: null,
    discovery: '/d',
    staleDiscoveries: 0,
  },
  proxy: { variable: null, bypassed: false },
  overrides: [],
};
const NOT_THERE: PlaceFacts = { fault: 'No Farled server runs on /h.', suggestion: 'Start one.' };
const failed = (code: string): Facts['answer'] => ({ kind: 'failed', code, message: `it said ${code}` });

function of(changes: Partial<Facts>, check: string) {
  return findings({ ...WELL, ...changes }).find((one) => one.check === check);
}

describe('the doctor', () => {
  test('finds nothing where all is well', () => {
    expect(findings(WELL).map(({ check, state }) => `${check} ${state}`)).toEqual([
      'server ok',
      'certificate ok',
      'clock ok',
      'name ok',
      'shell ok',
      'cloud ok',
      'overrides ok',
      'authorities ok',
      'proxy ok',
      'caches ok',
      'azureml-core ok',
      'token ok',
      'workspace ok',
    ]);
  });

  test.each<[check: string, changes: Partial<Facts>, seen: string, todo: string]>([
    ['server', { place: NOT_THERE }, 'No Farled server', 'Start one'],
    ['server', { answer: failed('ECONNREFUSED') }, 'it said ECONNREFUSED', 'farled-server'],
    [
      'server',
      { answer: failed('ETIMEDOUT'), place: { ...PLACE, own: false } },
      'it said ETIMEDOUT',
      'FARLED_AZUREML_HOST',
    ],
    [
      'server',
      { answer: { kind: 'answered', status: 404, isFarled: false, aheadSeconds: 0 } },
      'answers 404',
      'Another program',
    ],
    ['certificate', { answer: failed('ERR_TLS_CERT_ALTNAME_INVALID') }, 'is for other names', 'FARLED_AZUREML_NAME'],
    ['certificate', { answer: failed('CERT_HAS_EXPIRED') }, 'has expired', 'Start the server again'],
    ['certificate', { answer: failed('CERT_NOT_YET_VALID') }, 'not valid yet', 'Start the server again'],
    ['certificate', { answer: failed('UNABLE_TO_VERIFY_LEAF_SIGNATURE') }, 'not by the authority', 'ca.crt'],
    [
      'certificate',
      { answer: failed('SELF_SIGNED_CERT_IN_CHAIN'), place: { ...PLACE, privateAuthority: false } },
      'not by the authority',
      '--ca-file',
    ],
    [
      'clock',
      { answer: { kind: 'answered', status: 200, isFarled: true, aheadSeconds: 90.4 } },
      '90 seconds ahead of',
      'NTP',
    ],
    [
      'clock',
      { answer: { kind: 'answered', status: 200, isFarled: true, aheadSeconds: -3600 } },
      '3600 seconds behind',
      'NTP',
    ],
    ['name', { python: { ...PYTHON, address: null } }, 'no address in Python', 'sudo farled azureml hosts --write'],
    [
      'name',
      { python: { ...PYTHON, address: null }, place: { ...PLACE, own: false } },
      'no address in Python',
      '--address IP',
    ],
    [
      'name',
      { name: { system: '10.0.0.1', hosts: ['10.0.0.1'], reachable: false } },
      'nothing listens on port 7312',
      'hosts file',
    ],
    [
      'name',
      { name: { system: '10.0.0.1', hosts: [], reachable: false } },
      'nothing listens on port 7312',
      'FARLED_AZUREML_HOST',
    ],
    ['shell', { shell: { ...WELL.shell, metadata: null } }, 'go to Azure', 'source <(farled azureml env)'],
    ['cloud', { shell: { ...WELL.shell, resourceManager: null } }, 'no table', 'farled azureml run'],
    [
      'cloud',
      { shell: { ...WELL.shell, resourceManager: 'https://farled.blob.localhost:9' } },
      'localhost:9',
      'another address',
    ],
    ['cloud', { shell: { ...WELL.shell, cloud: 'AzureStack' } }, 'AzureStack', 'AzureCloud'],
    ['overrides', { overrides: ['AZUREML_SERVICE_ENDPOINT'] }, 'AZUREML_SERVICE_ENDPOINT', 'Unset it'],
    ['authorities', { bundle: { path: null, certificates: null, hasOurs: false } }, 'not set', 'farled azureml env'],
    ['authorities', { bundle: { ...WELL.bundle, certificates: null } }, "can't be read", 'farled azureml env'],
    ['authorities', { bundle: { ...WELL.bundle, hasOurs: false } }, "server's authority", 'farled azureml env'],
    ['authorities', { bundle: { ...WELL.bundle, certificates: 1 } }, 'public ones are missing', 'farled azureml env'],
    ['proxy', { proxy: { variable: 'https_proxy', bypassed: false } }, 'https_proxy', 'NO_PROXY'],
    ['caches', { caches: { ...WELL.caches, cachedResourceManager: 'https://old' } }, 'https://old', 'AZURE_CONFIG_DIR'],
    ['caches', { caches: { ...WELL.caches, staleDiscoveries: 2 } }, 'for 2 of', 'Remove that file'],
    [
      'azureml-core',
      { python: { kind: 'missing', command: 'python', message: 'no' } },
      "python can't be run",
      '--python',
    ],
    ['azureml-core', { python: { ...PYTHON, azureml: null } }, 'not installed', 'pip install azureml-core'],
    ['azureml-core', { python: { ...PYTHON, handshake: 'SSLError: x' } }, 'SSLError: x', 'PYTHONPATH'],
    [
      'token',
      { token: { identity: 'msi', issued: { status: 403, message: 'only here' }, accepted: null } },
      '403 only here',
      'MSI_ENDPOINT',
    ],
    [
      'token',
      { token: { identity: 'service-principal', issued: { status: 401, message: 'wrong' }, accepted: null } },
      '401 wrong',
      'reset-secret',
    ],
    [
      'token',
      { token: { identity: 'msi', issued: { status: 0, message: 'refused' }, accepted: null } },
      'gets none: refused',
      'MSI_ENDPOINT',
    ],
    [
      'token',
      { token: { identity: 'msi', issued: { status: 200, message: '' }, accepted: 401 } },
      'answered with 401',
      'another server',
    ],
    [
      'token',
      { token: { identity: 'service-principal', issued: { status: 200, message: '' }, accepted: 403 } },
      'answered with 403',
      'farled identity grant',
    ],
    [
      'workspace',
      { workspace: { file: null, fault: 'it lacks x', name: null, status: null } },
      'it lacks x',
      'folder attach',
    ],
    [
      'workspace',
      { workspace: { file: null, fault: null, name: null, status: null } },
      'no config.json',
      'folder attach',
    ],
    [
      'workspace',
      { workspace: { file: '/c', fault: null, name: 'h', status: 404 } },
      'does not have',
      'workspace create',
    ],
    ['workspace', { workspace: { file: '/c', fault: null, name: 'h', status: 403 } }, 'may not look', 'identity grant'],
  ])('%s: finds %j', (check, changes, seen, todo) => {
    const finding = of(changes, check);
    expect(finding).toMatchObject({ state: 'problem' });
    expect(finding?.seen).toContain(seen);
    expect(finding?.todo).toContain(todo);
  });

  test.each<[check: string, changes: Partial<Facts>, seen: string]>([
    ['name', { name: { system: '127.0.0.1', hosts: ['127.0.0.1'], reachable: true } }, 'by the hosts file'],
    ['name', { name: { system: '127.0.0.1', hosts: [], reachable: true } }, "by the system's resolver"],
    ['name', {}, 'by the sitecustomize'],
    [
      'name',
      {
        python: { kind: 'missing', command: 'python', message: '' },
        name: { system: '10.0.0.1', hosts: [], reachable: true },
      },
      '10.0.0.1',
    ],
    [
      'authorities',
      { place: { ...PLACE, privateAuthority: false }, bundle: { path: null, certificates: null, hasOurs: true } },
      'enough',
    ],
    ['shell', { shell: { ...WELL.shell, metadata: null, byProxy: true } }, "the server's proxy"],
    ['cloud', { shell: { ...WELL.shell, metadata: null, byProxy: true } }, 'which the proxy leads here'],
    ['proxy', { proxy: { variable: 'https_proxy', bypassed: true } }, 'NO_PROXY leaves'],
    ['caches', { caches: { ...WELL.caches, cachedResourceManager: URL } }, 'nothing'],
    ['azureml-core', { python: { ...PYTHON, azureml: '1.43.0' } }, 'tested with 1.61'],
    ['token', { token: { identity: 'login', issued: null, accepted: null } }, 'will be asked'],
  ])('%s: is content with %j', (check, changes, seen) => {
    const finding = of(changes, check);
    expect(finding).toMatchObject({ state: 'ok', todo: null });
    expect(finding?.seen).toContain(seen);
  });

  test('what depends on a server that is not there is not called wrong', () => {
    const alone = findings({ ...WELL, place: NOT_THERE, answer: null, name: null, token: null, workspace: null });
    expect(alone.filter(({ state }) => state === 'problem').map(({ check }) => check)).toEqual(['server']);
  });
});
