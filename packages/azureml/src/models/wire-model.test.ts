import { Model } from '@farled/contract';
import { describe, expect, test } from 'vitest';

import { fromWireModel, fromWirePatches } from './from-wire-model.ts';
import { fromModelQuery } from './model-query.ts';
import { datasetId, toEmbeddedModel, toWireModel } from './wire-model.ts';

const FILE = { path: 'model.pkl', sha256: 'a'.repeat(64), size: 7 };
const MODEL = Model.parse({
  id: 'regression:3',
  name: 'regression',
  version: 3,
  framework: 'PyTorch',
  frameworkVersion: '2.1',
  description: 'Ridge',
  tags: { area: 'x' },
  properties: { lab: 'y' },
  resourceRequirements: { cpu: 0.5 },
  runId: 'run_1',
  experimentName: 'exp',
  sampleInputDatasetId: 'in',
  files: [FILE],
  size: 7,
  createdTime: '2026-01-01T00:00:00.000Z',
  modifiedTime: '2026-01-02T00:00:00.000Z',
});

describe('models are written', () => {
  test('with all that a client reads', () => {
    expect(toWireModel(MODEL)).toEqual({
      id: 'regression:3',
      name: 'regression',
      version: 3,
      framework: 'PyTorch',
      frameworkVersion: '2.1',
      url: 'aml://asset/regression:3',
      mimeType: 'application/json',
      description: 'Ridge',
      createdTime: '2026-01-01T00:00:00.000Z',
      modifiedTime: '2026-01-02T00:00:00.000Z',
      unpack: false,
      kvTags: { area: 'x' },
      properties: { lab: 'y' },
      datasets: [],
      parentModelId: null,
      derivedModelIds: [],
      runId: 'run_1',
      experimentName: 'exp',
      sampleInputData: 'aml://dataset/in',
      sampleOutputData: null,
      resourceRequirements: { cpu: 0.5, memoryInGB: null, gpu: null },
      createdBy: null,
    });
  });

  test('with their tags where services read them, every member there', () => {
    const embedded = toEmbeddedModel({ ...MODEL, resourceRequirements: null });
    expect(embedded).toMatchObject({ tags: { area: 'x' }, resourceRequirements: null, datasets: [] });
    const strict = ['createdTime', 'id', 'createdBy', 'description', 'mimeType', 'name', 'framework'];
    const more = ['frameworkVersion', 'properties', 'unpack', 'url', 'version', 'experimentName', 'runId', 'datasets'];
    expect(Object.keys(embedded)).toEqual(expect.arrayContaining([...strict, ...more]));
    expect(Object.values(embedded)).not.toContain(undefined);
  });

  test('datasets are known by either of their names', () => {
    expect([datasetId('aml://dataset/a/b'), datasetId('plain')]).toEqual(['a/b', 'plain']);
  });
});

describe('registrations are read', () => {
  const LEAST = { name: 'm', url: 'aml://asset/x' };
  const DEFAULTS = {
    name: 'm',
    description: '',
    framework: 'Custom',
    frameworkVersion: null,
    tags: {},
    properties: {},
    runId: null,
    experimentName: null,
    sampleInputDatasetId: null,
    sampleOutputDatasetId: null,
    resourceRequirements: null,
  };

  test.each([
    ['the least', {}, {}],
    ['nulls', { description: null, framework: null, kvTags: null, datasets: null, resourceRequirements: null }, {}],
    ['what nothing here knows', { mimeType: 'application/json', unpack: false, datasets: [], parentModelId: 'p' }, {}],
    [
      'texts',
      { description: 'd', framework: 'TfKeras', frameworkVersion: '2' },
      { description: 'd', framework: 'TfKeras', frameworkVersion: '2' },
    ],
    [
      'numbers as labels',
      { kvTags: { a: 1, b: true, c: null }, properties: { d: 0.5 } },
      { tags: { a: '1', b: 'true', c: '' }, properties: { d: '0.5' } },
    ],
    [
      'resources',
      { resourceRequirements: { cpu: 1, memoryInGB: 0.5, gpu: null } },
      { resourceRequirements: { cpu: 1, memoryInGB: 0.5 } },
    ],
    ['datasets for samples', { sampleInputData: 'aml://dataset/in' }, { sampleInputDatasetId: 'in' }],
    ['a run', { runId: 'r', experimentName: 'e' }, { runId: 'r', experimentName: 'e' }],
  ])('%s', (_what, said, read) => {
    expect(fromWireModel({ ...LEAST, ...said })).toEqual({ url: 'aml://asset/x', model: { ...DEFAULTS, ...read } });
  });

  test.each([
    ['no url', { name: 'm' }, 'BadArgument', 'url'],
    ['no object', [], 'BadArgument', 'The model'],
    ['nothing', undefined, 'BadArgument', 'The model'],
    ['tags that are no texts', { ...LEAST, kvTags: { a: {} } }, 'BadArgument', 'kvTags.a'],
    ['a list of tags', { ...LEAST, kvTags: ['a'] }, 'BadArgument', 'kvTags'],
    ['a cpu that is text', { ...LEAST, resourceRequirements: { cpu: '1' } }, 'BadArgument', 'resourceRequirements.cpu'],
    ['an archive', { ...LEAST, unpack: true }, 'NotSupportedYet', 'unpack'],
    ['datasets', { ...LEAST, datasets: [{ name: 'training', id: '1' }] }, 'NotSupportedYet', 'datasets'],
  ])('%s can not be', (_what, body, code, text) => {
    expect(() => fromWireModel(body)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(text) }),
    );
  });
});

describe('changes are read', () => {
  test.each([
    ['none', [], {}],
    ['tags', [{ op: 'replace', path: '/kvTags', value: { a: '1', b: 2 } }], { tags: { a: '1', b: '2' } }],
    ['no tags', [{ op: 'replace', path: '/kvTags', value: {} }], { tags: {} }],
    ['properties', [{ op: 'add', path: '/properties', value: { a: '1' } }], { addProperties: { a: '1' } }],
    ['a description', [{ op: 'replace', path: '/description', value: 'd' }], { description: 'd' }],
    ['no description', [{ op: 'replace', path: '/description', value: null }], { description: '' }],
    [
      'resources',
      [{ op: 'replace', path: '/resourceRequirements', value: { cpu: 1, memoryInGB: null, gpu: null } }],
      { resourceRequirements: { cpu: 1 } },
    ],
    ['no resources', [{ op: 'replace', path: '/resourceRequirements', value: null }], { resourceRequirements: null }],
    [
      'samples',
      [
        { op: 'replace', path: '/sampleInputData', value: 'aml://dataset/1' },
        { op: 'replace', path: '/sampleOutputData', value: null },
      ],
      { sampleInputDatasetId: '1', sampleOutputDatasetId: null },
    ],
    ['no datasets', [{ op: 'add', path: '/datasets', value: [] }], {}],
    [
      'several, the last of a path holds',
      [
        { op: 'replace', path: '/description', value: 'a' },
        { op: 'replace', path: '/kvTags', value: { a: 'b' } },
        { op: 'replace', path: '/description', value: 'c' },
      ],
      { description: 'c', tags: { a: 'b' } },
    ],
  ])('%s', (_what, patches, change) => {
    expect(fromWirePatches(patches)).toEqual(change);
  });

  test.each([
    ['another path', [{ op: 'replace', path: '/name', value: 'x' }], 'BadArgument', '"/name"'],
    ['a path of objects', [{ op: 'replace', path: '__proto__', value: {} }], 'BadArgument', '__proto__'],
    ['another op', [{ op: 'remove', path: '/kvTags', value: {} }], 'BadArgument', 'remove'],
    ['no value', [{ op: 'replace', path: '/kvTags' }], 'BadArgument', '0.value'],
    ['a value that can not be', [{ op: 'replace', path: '/description', value: 1 }], 'BadArgument', '/description'],
    ['no list', { op: 'replace' }, 'BadArgument', 'The request body'],
    ['datasets', [{ op: 'add', path: '/datasets', value: [{ name: 'a', id: 'b' }] }], 'NotSupportedYet', 'datasets'],
  ])('%s can not be', (_what, patches, code, text) => {
    expect(() => fromWirePatches(patches)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(text) }),
    );
  });
});

describe('lists are asked for', () => {
  const NOTHING = { count: 255, latest: 'false' };
  test.each([
    [{}, {}],
    [
      { name: 'm', framework: 'Onnx', runId: 'r' },
      { name: 'm', framework: 'Onnx', runId: 'r' },
    ],
    [
      { tags: 'a,b=c d,e==f', properties: 'p' },
      { tag: ['a', 'b=c d', 'e==f'], property: ['p'] },
    ],
    [{ tags: '', properties: ',,' }, {}],
    [{ latestVersionOnly: 'True' }, { latest: 'true' }],
    [{ latestVersionOnly: 'false' }, {}],
    [
      { count: '1', $skipToken: 't' },
      { count: 1, skipToken: 't' },
    ],
    [{ count: '100000' }, { count: 1000 }],
    [{ count: '0' }, {}],
    [{ count: 'many' }, {}],
    [{ orderBy: 'CreatedAtDesc', unknown: 'x' }, {}],
  ])('%j', (query, asked) => {
    expect(fromModelQuery(query)).toEqual({ ...NOTHING, ...asked });
  });

  test('of a dataset there are none', () => {
    expect(fromModelQuery({ datasetId: 'd' })).toBeNull();
  });
});
