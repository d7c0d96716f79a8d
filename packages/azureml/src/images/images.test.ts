import { parseOrThrow } from '@farled/contract';
import { ManualClock } from '@farled/service';
import type { LegacyImageRecord } from '@farled/state';
import { describe, expect, test } from 'vitest';

import { imageCreation, imageCreationId } from './image-creation.ts';
import { filterImages } from './image-filter.ts';
import { parseImageId } from './image-id.ts';
import { toWireImage } from './wire-image.ts';
import { CreateImageRequest } from './wire-request.ts';

const image = (fields: Partial<LegacyImageRecord> = {}): LegacyImageRecord => ({
  workspaceId: 'w',
  name: 'iris',
  version: 2,
  description: 'd',
  tags: { area: 'x', more: '' },
  properties: { build: '7' },
  recipe: { models: ['text:1'], entryScript: 'score.py', source: [], environment: { name: 'e', version: '1' } },
  asked: {},
  createdTime: '2026-01-01T00:00:00.000Z',
  ...fields,
});

test('an image has every member that the client takes to be there', () => {
  const wire = toWireImage(image({ asked: { assets: [{ url: 'aml://artifact/LocalUpload/c/x' }] } }), []);
  expect(wire).toMatchObject({
    id: 'iris:2',
    creationState: 'Succeeded',
    imageType: 'Docker',
    imageFlavor: 'WebApiContainer',
    kvTags: { area: 'x' },
    modelIds: ['text:1'],
    assets: [{ id: null, mimeType: 'application/octet-stream', unpack: false, url: 'aml://artifact/LocalUpload/c/x' }],
    targetRuntime: { runtimeType: 'Python', targetArchitecture: 'Amd64' },
  });
  const needed = ['createdTime', 'description', 'imageLocation', 'name', 'properties', 'version', 'driverProgram'];
  expect(Object.keys(wire)).toEqual(expect.arrayContaining(needed));
  expect(Object.values(wire)).not.toContain(undefined);
});

describe('a list', () => {
  const images = [image(), image({ version: 1, tags: {}, recipe: { ...image().recipe, models: ['other:3'] } })];
  test.each<readonly [Record<string, string>, readonly number[]]>([
    [{}, [2, 1]],
    [{ name: 'iris', count: '1' }, [2]],
    [{ name: 'rose' }, []],
    [{ version: '1' }, [1]],
    [{ modelName: 'text' }, [2]],
    [{ modelName: 'tex' }, []],
    [{ modelId: 'other:3' }, [1]],
    [{ tags: 'area=x,more' }, [2]],
    [{ tags: 'area=y' }, []],
    [{ tags: 'toString' }, []],
    [{ properties: 'build=7' }, [2, 1]],
    [{ count: 'many', name: '' }, [2, 1]],
  ])('of %j', (query, versions) => {
    expect(filterImages(images, query).map(({ version }) => version)).toEqual(versions);
  });
});

test('an operation says which image it made', () => {
  const id = imageCreationId({ name: 'my-image.v2', version: 12 }, new ManualClock());
  expect(imageCreation(id)).toMatchObject({ imageId: 'my-image.v2:12', operation: { id, state: 'Succeeded' } });
});

test.each(['', 'image-', 'image-a-1-1', 'image-iris-0-1', 'image-iris-1-x', 'keys-iris-1'])('"%s" made none', (id) => {
  expect(imageCreation(id)).toBeUndefined();
});

test('ids are taken apart, and what is none is told', () => {
  expect(parseImageId('iris:2')).toEqual({ name: 'iris', version: 2 });
  for (const id of ['', 'iris', 'iris:0', 'iris:x', 'a:b:1', 'iris:-1']) {
    expect(() => parseImageId(id)).toThrow('name:version');
  }
});

describe('a request that can not be used is told by its member', () => {
  test.each<readonly [unknown, string]>([
    [null, 'must be an object'],
    [[], 'must be an object'],
    [{}, 'name'],
    [{ name: 'A' }, 'name'],
    [{ name: 'x'.repeat(33) }, 'name'],
    [{ name: 'iris', assets: {} }, 'assets'],
    [{ name: 'iris', assets: [{ id: 'x' }] }, 'assets.0.url'],
    [{ name: 'iris', modelIds: 'text:1' }, 'modelIds'],
    [{ name: 'iris', targetRuntime: 'python' }, 'targetRuntime'],
    [{ name: 'iris', targetRuntime: { properties: { condaEnvFile: 1 } } }, 'targetRuntime.properties.condaEnvFile'],
    [{ name: 'iris', kvTags: ['a'] }, 'kvTags'],
  ])('%j', (body, named) => {
    expect(() => parseOrThrow(CreateImageRequest, body, 'The request')).toThrow(named);
  });

  test('nulls and unknown members are passed over', () => {
    const nothing = { description: null, kvTags: null, assets: null, targetRuntime: null, dockerFileUri: null };
    expect(parseOrThrow(CreateImageRequest, { name: 'iris', future: 1, ...nothing }, 'The request').name).toBe('iris');
  });
});
