/** @rawhttp, AMLRequest, AMLResponse. */
import { type Asked, type Case, get, JSON_BODY, post } from '../case.ts';

const OLD = `
from azureml_inference_server_http.api.aml_request import AMLRequest, rawhttp
from azureml_inference_server_http.api.aml_response import AMLResponse
`;

const ATTRIBUTES = `${OLD}
import json
def init():
    pass
@rawhttp
def run(request):
    return {
        'method': request.method, 'path': request.path, 'full_path': request.full_path, 'url': request.url,
        'base_url': request.base_url, 'host': request.host, 'scheme': request.scheme, 'query': request.query_string.decode(),
        'args': request.args, 'lists': request.args.to_dict(flat=False), 'a': request.args.get('a'),
        'number': request.args.get('a', 7, type=int), 'all': request.args.getlist('a', type=int),
        'data': request.data.decode('latin-1'), 'get_data': request.get_data().decode('latin-1'),
        'is_json': request.is_json, 'silent': request.get_json(silent=True), 'forced': request.get_json(force=True, silent=True),
        'content_type': request.content_type, 'mimetype': request.mimetype, 'length': request.content_length,
        'header': request.headers.get('x-OWN', 'none'), 'there': 'X-Own' in request.headers, 'lists of': request.headers.getlist('x-own'),
        'names': sorted(name for name, value in request.headers if name.startswith('X-O')),
        'dict': dict(request.headers).get('X-Own'), 'cookies': request.cookies,
    }
`;

const FORMS = `${OLD}
def init():
    pass
@rawhttp
def run(request):
    files = {name: [file.filename, file.read().decode('latin-1'), file.mimetype] for name, file in request.files.items()}
    return {'form': request.form, 'lists': request.form.to_dict(flat=False), 'files': files, 'values': request.values.to_dict(),
            'data': request.data.decode('latin-1')}
`;

const RESPONSES = `${OLD}
import json
def init():
    pass
@rawhttp
def run(request):
    name = request.args.get('name')
    if name == 'bytes': return AMLResponse(bytes(range(256)), 200, {'Content-Type': 'image/png'})
    if name == 'text': return AMLResponse('caf\u00e9', 201)
    if name == 'json': return AMLResponse({'a': [1]}, 202, json_str=True)
    if name == 'json with a type': return AMLResponse({'a': 1}, 200, {'X-Own': 'v'}, json_str=True)
    if name == 'none': return AMLResponse(None, 200)
    if name == 'empty': return AMLResponse('', 204)
    if name == 'list': return AMLResponse(['a', 'b'], 200)
    if name == 'not found': return AMLResponse('no', 404)
    if name == 'broken': return AMLResponse('broken', 503, {'Retry-After': '7'})
    if name == 'failed': return AMLResponse('said', 200, {}, run_function_failed=True)
    if name == 'headers': return AMLResponse('x', 200, {'X-One': '1', 'Cache-Control': 'no-store, max-age=0', 'Location': '/there'})
    if name == 'cookies': return AMLResponse('x', 200, {'Set-Cookie': 'a=1, b=2'})
    if name == 'dates': return AMLResponse('x', 200, {'Set-Cookie': 'a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT'})
    if name == 'ids': return AMLResponse('x', 200, {'x-request-id': 'own', 'x-ms-run-fn-exec-ms': '1'})
    if name == 'lower': return AMLResponse('x', 200, {'content-type': 'text/csv'})
    if name == 'line break': return AMLResponse('x', 200, {'X-Bad': 'a\\r\\nX-Injected: 1'})
    if name == 'later':
        response = AMLResponse('x', 200)
        response.headers['X-Later'] = 'set'
        response.headers.add('X-Later', 'added')
        response.status_code = 418
        response.set_data('changed')
        return response
    if name == 'status text': return AMLResponse('x', '299 Odd')
    if name == 'number': return AMLResponse(5, 200)
    if name == 'dictionary': return {'a': 1}
    if name == 'string': return 'text'
    if name == 'raw bytes': return b'x'
    if name == 'tuple': return AMLResponse('x', 200), 201
    if name == 'raise': raise ValueError('secret')
    if name == 'strict json': return request.json
    return name
`;

const response = (name: string, more: Partial<Asked> = {}): Asked =>
  get(`/score?name=${encodeURIComponent(name)}`, { ...more });

const BOUNDARY = 'xxBOUNDARYxx';
const part = (headers: string, content: string): string => `--${BOUNDARY}\r\n${headers}\r\n\r\n${content}\r\n`;
const MULTIPART = [
  part('Content-Disposition: form-data; name="field"', 'value'),
  part('Content-Disposition: form-data; name="field"', 'second'),
  part('Content-Disposition: form-data; name="text"', 'ä\r\nline'),
  part(
    'Content-Disposition: form-data; name="file"; filename="a b.png"\r\nContent-Type: image/png',
    '\u0001\r\n--x\n\r',
  ),
  part('Content-Disposition: form-data; name="empty"; filename="e.txt"', ''),
  `--${BOUNDARY}--\r\n`,
].join('');

export const RAW: readonly Case[] = [
  {
    name: 'what an AMLRequest has',
    script: ATTRIBUTES,
    requests: [
      post('{"b": 1}', {
        path: '/score?a=1&a=2&c=%FF&d=x%20y',
        headers: [...JSON_BODY, 'x-own', 'v', 'cookie', 'k=v; l=w'],
      }),
      post('{"b": 1}', { headers: ['content-type', 'text/plain'] }),
      post('not json', { headers: ['content-type', 'application/vnd.x+json; charset=utf-8'] }),
      post(Buffer.from([0, 255, 254]), {
        headers: ['content-type', 'application/octet-stream', 'x-own', 'a', 'x-own', 'b'],
      }),
      post(''),
      get('/score?a=x'),
      { method: 'OPTIONS', path: '/score?a=1' },
      { method: 'HEAD', path: '/score' },
      { method: 'DELETE', path: '/score' },
      { method: 'PUT', path: '/score', body: 'x' },
      get('/'),
      get('/score/'),
    ],
  },
  {
    name: 'forms and files',
    script: FORMS,
    requests: [
      post('a=1&a=2&b=x%20y&c=', {
        path: '/score?q=1',
        headers: ['content-type', 'application/x-www-form-urlencoded'],
      }),
      post(MULTIPART, { headers: ['content-type', `multipart/form-data; boundary=${BOUNDARY}`] }),
      post(MULTIPART, { headers: ['content-type', `multipart/form-data; boundary="${BOUNDARY}"`] }),
      post('a=1', { headers: ['content-type', 'text/plain'] }),
    ],
  },
  {
    name: 'what an AMLResponse says',
    script: RESPONSES,
    requests: [
      'bytes',
      'text',
      'json',
      'json with a type',
      'none',
      'empty',
      'list',
      'not found',
      'broken',
      'failed',
      'cookies',
      'later',
      'status text',
      'dictionary',
      'string',
      'raw bytes',
      'tuple',
      'raise',
      'line break',
    ]
      .map((name) => response(name))
      .concat(
        response('headers', { headers: ['x-request-id', 'mine', 'traceid', 't'] }),
        response('ids', { differs: { why: 'headersOfTheServer', headers: { 'x-ms-run-fn-exec-ms': '<ms>' } } }),
        { method: 'HEAD', path: '/score?name=bytes' },
        post('{"a": 1}', { path: '/score?name=strict%20json' }),
      ),
  },
  {
    name: 'what an AMLResponse says where the original is not installed',
    environments: ['bare'],
    script: RESPONSES,
    requests: [
      response('dates', {
        differs: {
          why: 'commasInHeaders',
          headers: { 'set-cookie': 'a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT' },
        },
      }),
      response('lower', { differs: { why: 'contentTypeInLowerCase', headers: { 'content-type': 'text/csv' } } }),
      response('number', {
        differs: {
          why: 'bodiesThatAreNone',
          body: { message: 'An unexpected error occurred in scoring script. Check the logs for more info.' },
          headers: {
            'content-type': 'application/json',
            'x-request-id': '<generated>',
            'x-ms-request-id': '<generated>',
            'x-ms-run-function-failed': 'True',
          },
        },
      }),
    ],
  },
  {
    name: 'an AMLResponse without @rawhttp',
    script: `${OLD}def init(): pass\ndef run(data): return AMLResponse(data, int(data), {'X-A': 'b'})\n`,
    requests: [post('200'), post('404'), post('500'), post('599'), post('x')],
  },
  {
    name: '@rawhttp with request_headers, on a helper',
    script: `${OLD}
@rawhttp
def helper():
    pass
def init():
    pass
def run(request, request_headers):
    return [request.method, request_headers['X-A'], request.get_data(as_text=True)]
`,
    requests: [post('x', { headers: ['x-a', 'v'] }), { method: 'OPTIONS', path: '/score', headers: ['x-a', 'v'] }],
  },
  {
    name: 'flask itself',
    environments: ['full'],
    script: `${OLD}
import flask
def init():
    pass
@rawhttp
def run(request):
    name = request.args.get('name')
    if name == 'jsonify': return flask.jsonify(a=1)
    if name == 'response': return flask.Response('x', 203, {'X-A': 'b'})
    if name == 'broken': return flask.Response('x', 500)
    if name == 'request': return flask.request.args.get('name')
    if name == 'stream': return flask.Response((text for text in ['a', 'b']), mimetype='text/plain')
    return isinstance(request, flask.Request) or type(request).__name__
`,
    requests: ['jsonify', 'response', 'broken', 'request', 'stream'].map((name) => response(name)),
  },
  {
    name: 'flask without @rawhttp',
    environments: ['full'],
    script: 'import flask\ndef init(): pass\ndef run(data): return flask.jsonify(got=data)\n',
    requests: [post('x'), get('/score?a=1')],
  },
];
