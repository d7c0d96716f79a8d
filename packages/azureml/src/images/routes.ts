import { FarledError, isFarledError, parseModelId, parseOrThrow, type Model, Tags } from '@farled/contract';
import type { LegacyImageRecord } from '@farled/state';

import { json } from '../answer.ts';
import { modelManagementPath } from '../operations/address.ts';
import type { CompatibleParts } from '../parts.ts';
import { type CompatibleRequest, type CompatibleRoute, MODEL_MANAGEMENT } from '../route.ts';
import { sourceFiles } from '../services/source-files.ts';
import { Labels } from '../services/wire-request.ts';
import { createImage } from './create-image.ts';
import { imageCreationId } from './image-creation.ts';
import { filterImages } from './image-filter.ts';
import { parseImageId } from './image-id.ts';
import { toWireImage } from './wire-image.ts';
import { PatchImageRequest } from './wire-request.ts';

const IMAGES = `${MODEL_MANAGEMENT}/images`;
const IMAGE = `${IMAGES}/:image`;

export function imageRoutes(parts: CompatibleParts): readonly CompatibleRoute[] {
  const { state, url, clock } = parts;
  const makers = { ...parts, sources: sourceFiles(parts.artifacts) };

  const described = async (image: LegacyImageRecord) => {
    const models: Model[] = [];
    for (const id of image.recipe.models) {
      models.push(...(await ifThere(state.models.get(image.workspaceId, parseModelId(id)))));
    }
    return toWireImage(image, models);
  };
  const find = async ({ workspace, params }: CompatibleRequest): Promise<LegacyImageRecord> => {
    const { key } = await state.workspaces.get(workspace);
    const { name, version } = parseImageId(params['image'] ?? '');
    return state.legacyImages.get(key, name, version);
  };

  const create: CompatibleRoute['answer'] = async ({ workspace, body, signal }) => {
    const image = await createImage(makers, workspace, body, signal);
    const operation = `${modelManagementPath(workspace)}/operations/${imageCreationId(image, clock)}`;
    return json(await described(image), 202, { 'operation-location': `${url()}${operation}` });
  };
  const list: CompatibleRoute['answer'] = async ({ workspace, query }) => {
    const { key } = await state.workspaces.get(workspace);
    const found = filterImages(await state.legacyImages.list(key), query);
    return json({ value: await Promise.all(found.map(described)) });
  };
  const update: CompatibleRoute['answer'] = async (request) => {
    const image = await find(request);
    const patch = parseOrThrow(PatchImageRequest, request.body, 'The request');
    const changes: { tags?: LegacyImageRecord['tags']; properties?: LegacyImageRecord['properties'] } = {};
    for (const { path, value } of patch) {
      const labels = parseOrThrow(Tags, parseOrThrow(Labels, value ?? {}, path), path);
      if (path === '/kvTags') {
        changes.tags = labels;
      } else if (path === '/properties') {
        changes.properties = addProperties(changes.properties ?? image.properties, labels);
      } else {
        throw new FarledError('BadArgument', `Of an image, "${path}" is not changed.`, {
          suggestion: 'Change its tags, or add properties.',
        });
      }
    }
    return json(await described(await state.legacyImages.update(image, changes)));
  };
  const remove: CompatibleRoute['answer'] = async ({ workspace, params }) => {
    const { key } = await state.workspaces.get(workspace);
    const { name, version } = parseImageId(params['image'] ?? '');
    return (await state.legacyImages.delete(key, name, version)) ? { status: 200 } : { status: 204 };
  };

  const common = {
    row: 'K1',
    support: { kind: 'differs', why: 'An image is a recipe: nothing is built before a service is made of it.' },
    dialect: 'modelManagement',
  } as const;
  return [
    { ...common, method: 'POST', path: IMAGES, client: 'Image.create', need: 'write', answer: create },
    { ...common, method: 'GET', path: IMAGES, client: 'Image.list, Image(ws, name)', need: 'read', answer: list },
    {
      ...common,
      method: 'GET',
      path: IMAGE,
      client: 'Image(ws, id=), update_creation_state',
      need: 'read',
      answer: async (request) => json(await described(await find(request))),
    },
    { ...common, method: 'PATCH', path: IMAGE, client: 'Image.update, add_tags', need: 'write', answer: update },
    { ...common, method: 'DELETE', path: IMAGE, client: 'Image.delete', need: 'write', answer: remove },
  ];
}

/** @throws FarledError BadArgument: a property once set stays. */
function addProperties(
  present: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const changed = Object.keys(added).filter((key) => Object.hasOwn(present, key) && present[key] !== added[key]);
  if (changed.length > 0) {
    throw new FarledError('BadArgument', `Properties are never changed: ${changed.join(', ')}.`, {
      suggestion: 'Use tags for what changes.',
    });
  }
  return { ...present, ...added };
}

/** A model may be gone that an image names. */
async function ifThere(model: Promise<Model>): Promise<readonly Model[]> {
  try {
    return [await model];
  } catch (error) {
    if (isFarledError(error) && error.code === 'ModelNotFound') {
      return [];
    }
    throw error;
  }
}
