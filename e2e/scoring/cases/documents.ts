/** swagger.json of scripts without decorators, users' own files, and cross-origin requests. */
import { type Asked, type Case, get, post } from '../case.ts';

const PLAIN = 'def init(): pass\ndef run(data):\n    return data if data != "raise" else {}[1]\n';
const versions = [
  '',
  '?version=2',
  '?version=2.0',
  '?version=3',
  '?version=3.0',
  '?version=3.1',
  '?version=4',
  '?version=',
];
const swagger: readonly Asked[] = [...versions, '?version=3&version=2', '?other=1', '?version=a%20b'].map((query) =>
  get(`/swagger.json${query}`),
);
const from = (origin: string, more: Partial<Asked> = {}): Asked => post('x', { headers: ['origin', origin], ...more });
const preflight = (origin: string, method: string, headers?: string, path = '/score'): Asked => ({
  method: 'OPTIONS',
  path,
  headers: [
    'origin',
    origin,
    'access-control-request-method',
    method,
    ...(headers === undefined ? [] : ['access-control-request-headers', headers]),
  ],
});
const CROSS: readonly Asked[] = [
  post('x'),
  from('https://a.example'),
  from('HTTPS://A.Example'),
  from('https://b.example'),
  from('https://evil.example'),
  from('null'),
  post('raise', { headers: ['origin', 'https://a.example'] }),
  from('https://a.example', { path: '/nowhere' }),
  from('https://a.example', { method: 'PUT' }),
  preflight('https://a.example', 'POST', 'content-type, authorization'),
  preflight('https://a.example', 'GET'),
  preflight('https://a.example', 'PUT', 'content-type'),
  preflight('https://evil.example', 'POST', 'content-type'),
  preflight('https://a.example', 'GET', undefined, '/swagger.json'),
  { method: 'OPTIONS', path: '/score' },
  get('/', { headers: ['origin', 'https://a.example'] }),
  get('/swagger.json', { headers: ['origin', 'https://a.example'] }),
];

export const DOCUMENTS: readonly Case[] = [
  {
    name: 'swagger.json of a plain script',
    script: PLAIN,
    variables: { SERVICE_NAME: 'a $& name', SERVICE_VERSION: '7', SERVICE_PATH_PREFIX: '/api/v1/service/x/' },
    environments: ['bare'],
    requests: swagger,
  },
  {
    name: "a user's swagger.json and swagger3.1.json",
    script: PLAIN,
    files: { 'swagger.json': '{"own": 2}', 'swagger2.json': '{"own": "second"}', 'swagger3.1.json': '{"own": 3.1}' },
    environments: ['bare'],
    requests: swagger,
  },
  {
    name: "a user's swagger2.json and swagger3.json, written by init(), and an empty swagger.json",
    script: `
import os
def init():
    with open(os.path.join(os.environ['AML_APP_ROOT'], 'swagger3.json'), 'w') as file:
        file.write('{"own": "three"}')
def run(data):
    return data
`,
    files: { 'swagger.json': '{}', 'swagger2.json': '{"own": "two"}' },
    environments: ['bare'],
    requests: swagger,
  },
  {
    name: 'no CORS',
    script: PLAIN,
    environments: ['bare'],
    requests: CROSS,
  },
  {
    name: 'CORS for two origins',
    script: PLAIN,
    variables: { AML_CORS_ORIGINS: 'https://b.example, https://a.example' },
    environments: ['bare'],
    requests: CROSS,
  },
  {
    name: 'CORS for one origin',
    script: PLAIN,
    variables: { AML_CORS_ORIGINS: 'https://a.example' },
    environments: ['bare'],
    requests: CROSS,
  },
  {
    name: 'CORS for all',
    script: PLAIN,
    variables: { AML_CORS_ORIGINS: '*' },
    environments: ['bare'],
    requests: CROSS,
  },
];
