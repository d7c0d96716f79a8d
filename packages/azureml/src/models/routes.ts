import { randomUUID } from 'node:crypto';

import { errorToWire, FarledError, isFarledError, ModelId, type RegisterModel, routes } from '@farled/contract';

import { json } from '../answer.ts';
import { modelsError } from '../dialects/models.ts';
import type { CompatibleParts } from '../parts.ts';
import { type CompatibleRequest, type CompatibleRoute, MODEL_MANAGEMENT, SUPPORTED } from '../route.ts';
import { createAsset, filesOfAsset, readAsset } from './assets.ts';
import { fromWireModel, fromWirePatches } from './from-wire-model.ts';
import { fromModelQuery } from './model-query.ts';
import { toWireModel } from './wire-model.ts';

export function modelRoutes(parts: CompatibleParts): readonly CompatibleRoute[] {
  const { api, url } = parts;
  const assets = { path: `${MODEL_MANAGEMENT}/assets`, support: SUPPORTED, dialect: 'models' } as const;
  const models = { ...assets, path: `${MODEL_MANAGEMENT}/models` } as const;
  const model = { ...assets, path: `${MODEL_MANAGEMENT}/models/:model` } as const;
  return [
    {
      ...assets,
      row: 'E1',
      method: 'POST',
      client: 'Model.register',
      need: 'write',
      answer: async ({ workspace, body, signal }) => json(await createAsset(parts, workspace, body, signal)),
    },
    {
      ...assets,
      row: 'E2',
      method: 'GET',
      path: `${assets.path}/:asset`,
      client: 'Model.download, get_sas_urls',
      need: 'read',
      answer: async ({ workspace, params, signal }) =>
        json(await readAsset(parts, workspace, params['asset'] ?? '', signal)),
    },
    {
      ...models,
      row: 'E3',
      method: 'POST',
      client: 'Model.register',
      support: {
        kind: 'differs',
        why: 'References to datasets and archives to unpack are refused; a framework is one of those that azureml-core names.',
      },
      need: 'write',
      answer: async ({ workspace, body, signal }) => {
        const said = fromWireModel(body);
        const files = await filesOfAsset(parts, workspace, said.url, signal);
        const asked = { ...said.model, files } as RegisterModel;
        const made = await api.call(
          routes.models.register,
          { params: workspace, query: undefined, body: asked },
          { signal },
        );
        return json(toWireModel(made));
      },
    },
    {
      ...models,
      row: 'E4',
      method: 'GET',
      client: 'Model.list, Model(ws, name)',
      need: 'read',
      answer: async ({ workspace, query, signal }) => {
        const asked = fromModelQuery(query);
        if (asked === null) {
          return json({ value: [], nextLink: null, continuationToken: null });
        }
        const page = await api.call(
          routes.models.list,
          { params: workspace, query: asked, body: undefined },
          { signal },
        );
        const nextLink = page.skipToken === undefined ? null : nextPage(url(), workspace, query, page.skipToken);
        return json({ value: page.value.map(toWireModel), nextLink, continuationToken: null });
      },
    },
    {
      ...model,
      row: 'E5',
      method: 'GET',
      client: 'Model(ws, id=), Model(ws, name, version=)',
      need: 'read',
      answer: async ({ workspace, params, signal }) =>
        json(
          toWireModel(
            await api.call(
              routes.models.get,
              { params: at(workspace, params), query: undefined, body: undefined },
              { signal },
            ),
          ),
        ),
    },
    {
      ...model,
      row: 'E6',
      method: 'PATCH',
      client: 'Model.update, add_tags, remove_tags, add_properties',
      support: { kind: 'differs', why: 'References to datasets are refused; a property that has a value keeps it.' },
      need: 'write',
      answer: async ({ workspace, params, body, signal }) => {
        const input = { params: at(workspace, params), query: undefined, body: fromWirePatches(body) };
        return json(toWireModel(await api.call(routes.models.update, input, { signal })));
      },
    },
    {
      ...model,
      row: 'E7',
      method: 'DELETE',
      client: 'Model.delete',
      need: 'write',
      answer: async ({ workspace, params, signal }) => {
        const input = { params: at(workspace, params), query: undefined, body: undefined };
        try {
          await api.call(routes.models.delete, input, { signal });
          return { status: 204 };
        } catch (error) {
          if (isFarledError(error) && error.code === 'ModelInUse') {
            return modelsError({ ...errorToWire(error), statusCode: 412 }, randomUUID());
          }
          throw error;
        }
      },
    },
  ];
}

type Where = CompatibleRequest['workspace'];

/** @throws FarledError ModelNotFound for an id that no model can have: clients show «not found» for that alone. */
function at(workspace: Where, params: CompatibleRequest['params']) {
  const model = params['model'] ?? '';
  if (!ModelId.safeParse(model).success) {
    throw new FarledError('ModelNotFound', `There is no model "${model}" in this workspace.`, {
      suggestion: 'Models have ids like mymodel:1.',
    });
  }
  return { ...workspace, model };
}

/** The page after it; azureml-core takes the token out of the address and asks again by itself. */
function nextPage(base: string, workspace: Where, query: CompatibleRequest['query'], skipToken: string): string {
  const path = MODEL_MANAGEMENT.replace(/:(\w+)/g, (_whole, name: keyof Where) => encodeURIComponent(workspace[name]));
  const said = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `${base}${path}/models?${new URLSearchParams({ ...Object.fromEntries(said), $skipToken: skipToken }).toString()}`;
}
