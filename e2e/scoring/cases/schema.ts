/** @input_schema and @output_schema of inference-schema. */
import { type Asked, type Case, get, post } from '../case.ts';

const IMPORTS = `
import numpy as np
import pandas as pd
from inference_schema.schema_decorators import input_schema, output_schema
from inference_schema.parameter_types.numpy_parameter_type import NumpyParameterType
from inference_schema.parameter_types.pandas_parameter_type import PandasParameterType
from inference_schema.parameter_types.standard_py_parameter_type import StandardPythonParameterType
def init():
    pass
`;
const swagger: readonly Asked[] = ['', '?version=2', '?version=3', '?version=3.1'].map((query) =>
  get(`/swagger.json${query}`),
);
const json = (value: unknown): Asked => post(JSON.stringify(value));
const full = ['full'] as const;

export const SCHEMA: readonly Case[] = [
  {
    name: 'a numpy array',
    environments: full,
    script: `${IMPORTS}
@input_schema('data', NumpyParameterType(np.array([[1.0, 2.0]])))
@output_schema(NumpyParameterType(np.array([1.0])))
def run(data):
    return [type(data).__name__, data.sum(axis=1).tolist()]
`,
    requests: [
      ...swagger,
      json({ data: [[1, 2]] }),
      json({
        data: [
          [1, 2],
          [3, 4],
        ],
      }),
      json({ data: [[1, 2]], more: 1 }),
      json({ data: [1] }),
      json({ data: 'x' }),
      json({ data: null }),
      json({}),
      json([1]),
      json('x'),
      post(''),
      post('{"data": '),
      post('{"data": [[1, NaN]]}'),
      post('\uFEFF{"data": [[1, 2]]}'),
      post(Buffer.from('{"data": [[1, 2]]}', 'utf16le')),
      post(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])),
      post('{"data": [[1, 2]]}', { headers: [] }),
      post('{"data": [[1, 2]]}', { headers: ['content-type', 'text/json'] }),
      post('{"data": [[1, 2]]}', { headers: ['content-type', 'application/vnd.own+json'] }),
      post('{"data": [[1, 2]]}', { headers: ['content-type', 'Application/JSON; charset=utf-8'] }),
      get('/score?data=[[1,2]]'),
      get('/score'),
      { method: 'OPTIONS', path: '/score' },
      { method: 'HEAD', path: '/score' },
    ],
  },
  {
    name: 'a pandas frame, and plain parameters with defaults',
    environments: full,
    script: `${IMPORTS}
@input_schema('frame', PandasParameterType(pd.DataFrame({'a': [1], 'b': ['x']})))
@input_schema('method', StandardPythonParameterType('predict'))
@input_schema('count', StandardPythonParameterType(3))
@output_schema(StandardPythonParameterType({'result': 1.5}))
def run(frame, method='predict', count=2, *, request_headers):
    return [list(frame.columns), frame.to_dict('records'), method, count, request_headers['X-A']]
`,
    requests: [
      ...swagger,
      json({ frame: [{ a: 1, b: 'y' }] }),
      json({ frame: [{ a: 1, b: 'y' }], method: 'other', count: 5 }),
      json({ frame: [{ a: 1, b: 'y' }], count: true }),
      json({ frame: [{ a: 1, b: 'y' }], count: 1.5 }),
      json({ frame: [{ a: 1, b: 'y' }], method: 3 }),
      json({ frame: { columns: ['a', 'b'], index: [0], data: [[1, 'y']] } }),
      json({ method: 'predict' }),
    ].map((asked) => ({ ...asked, headers: [...(asked.headers ?? []), 'x-a', 'v'] })),
  },
  {
    name: 'nested types, as Power BI asks for them',
    environments: full,
    script: `${IMPORTS}
sample = StandardPythonParameterType({'input1': NumpyParameterType(np.array([1, 2])), 'input2': StandardPythonParameterType('x')})
@input_schema('Inputs', sample)
@input_schema('GlobalParameters', StandardPythonParameterType(1.0), optional=True)
@output_schema(StandardPythonParameterType({'Results': StandardPythonParameterType([1.0])}))
def run(Inputs, GlobalParameters=None):
    return {'Results': [type(Inputs['input1']).__name__, Inputs['input2'], GlobalParameters]}
`,
    requests: [
      ...swagger,
      json({ Inputs: { input1: [1, 2], input2: 'y' }, GlobalParameters: 2.5 }),
      json({ Inputs: { input1: [1, 2], input2: 'y' } }),
      json({ Inputs: { input1: [1, 2], input2: 'y' }, GlobalParameters: '' }),
      json({ Inputs: { input1: [1, 2] } }),
      json({ Inputs: [] }),
    ],
  },
  {
    name: 'a schema of the output alone',
    environments: full,
    script: `${IMPORTS}
@output_schema(StandardPythonParameterType([1]))
def run(a, b=2):
    return [a, b]
`,
    requests: [
      ...swagger,
      json({ a: 1 }),
      json({ a: 1, b: { c: 1 } }),
      json({ b: 1 }),
      post('x'),
      get('/score?a=x&b=[1]'),
    ],
  },
  {
    name: 'a mixed list, which Swagger 2 can not tell',
    environments: full,
    script: `${IMPORTS}
@input_schema('mixed', StandardPythonParameterType([StandardPythonParameterType(1), StandardPythonParameterType('x')]))
def run(mixed):
    return mixed
`,
    requests: [...swagger, json({ mixed: [1, 'x'] })],
  },
];
