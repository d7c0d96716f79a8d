import { FarledError, parseOrThrow, routes, type WorkspaceReference } from '@farled/contract';
import { z } from 'zod';

import { json } from '../answer.ts';
import { logLink } from '../operations/log-link.ts';
import type { CompatibleParts } from '../parts.ts';
import { type CompatibleRequest, type CompatibleRoute, SCOPE, SUPPORTED } from '../route.ts';
import { toWireImageBuild } from './image-build.ts';
import { toWireImageDetails } from './image-details.ts';
import { fromWireEnvironment, toWireEnvironment } from './wire-environment.ts';

const ENVIRONMENTS = `/environment/v1.0${SCOPE}/environments`;
const ENVIRONMENT = `${ENVIRONMENTS}/:environment`;
const VERSION = `${ENVIRONMENT}/versions/:version`;
const VERSION_TO_BUILD = `/environment/v2.0${SCOPE}/environments/:environment/versions/:version`;
const BUILDS = `/environment/v1.0${SCOPE}/imagebuilds`;

const Labels = z.union(
  [
    z.object({ Labels: z.array(z.unknown()) }).transform(({ Labels: labels }) => labels),
    z.object({ labels: z.array(z.unknown()) }).transform(({ labels }) => labels),
  ],
  { error: 'must have a list of Labels' },
);

export function environmentRoutes(parts: CompatibleParts): readonly CompatibleRoute[] {
  const { api, url } = parts;

  const read = (
    { workspace, params, caller, signal }: CompatibleRequest,
    query: { version?: string; label?: string },
  ) =>
    api.call(
      routes.environments.get,
      { params: { ...workspace, environment: params['environment'] ?? '' }, query, body: undefined },
      { caller: caller ?? undefined, signal },
    );
  const get: CompatibleRoute['answer'] = async (request) =>
    json(toWireEnvironment(await read(request, versionOf(request))));
  const imageDetails: CompatibleRoute['answer'] = async (request) =>
    json(toWireImageDetails(await read(request, versionOf(request))));

  const register: CompatibleRoute['answer'] = async ({ workspace, params, body, caller, signal }) => {
    const { environment = '', version } = params;
    const definition = fromWireEnvironment(body, environment);
    const context = { caller: caller ?? undefined, signal };
    const registered =
      version === undefined
        ? await api.call(
            routes.environments.register,
            { params: { ...workspace, environment }, query: undefined, body: definition },
            context,
          )
        : await api.call(
            routes.environments.registerVersion,
            { params: { ...workspace, environment, version }, query: undefined, body: definition },
            context,
          );
    return json(toWireEnvironment(registered));
  };

  const build: CompatibleRoute['answer'] = async ({ workspace, params, caller, signal }) => {
    const { environment = '', version } = params;
    const operation = await api.call(
      routes.environments.build,
      { params: { ...workspace, environment }, query: undefined, body: { version } },
      { caller: caller ?? undefined, signal },
    );
    const location = `${url()}${buildsOf(workspace)}/${operation.id}`;
    return json({ location }, 202, { location });
  };

  const common = { support: SUPPORTED, dialect: 'arm' } as const;
  const reading = { ...common, method: 'GET', need: 'read' } as const;
  const writing = { ...common, method: 'PUT', need: 'write' } as const;
  const registering = { ...writing, row: 'G1', client: 'Environment.register', answer: register } as const;
  const gettingOne = { ...reading, row: 'G2', client: 'Environment.get', answer: get } as const;
  const imageOfOne = {
    ...reading,
    row: 'G5',
    client: 'Environment.get_image_details',
    support: { kind: 'differs', why: 'There is no image of an environment alone: it says what images are made of.' },
    answer: imageDetails,
  } as const;
  const building = {
    ...common,
    row: 'G6',
    method: 'POST',
    client: 'Environment.build',
    need: 'write',
    support: {
      kind: 'differs',
      why: 'The environment is installed on the machine of Farled, and no image is made of it alone.',
    },
    answer: build,
  } as const;
  const buildingLocally = {
    ...common,
    row: 'G7',
    method: 'POST',
    client: 'Environment.build_local',
    need: 'write',
    support: { kind: 'refused', why: 'Farled builds environments itself, and gives no recipe for it.' },
    answer: () => {
      throw new FarledError('NotSupportedYet', 'Farled gives no recipe to build an environment by (build_local).', {
        suggestion: 'Have it built with Environment.build(workspace), or make a Dockerfile with Model.package().',
      });
    },
  } as const;

  return [
    { ...registering, path: ENVIRONMENT },
    { ...registering, path: VERSION },
    { ...gettingOne, path: ENVIRONMENT },
    { ...gettingOne, path: VERSION },
    {
      ...gettingOne,
      path: `${ENVIRONMENT}/labels/:label`,
      answer: async (request) => json(toWireEnvironment(await read(request, { label: request.params['label'] ?? '' }))),
    },
    {
      ...reading,
      row: 'G3',
      path: ENVIRONMENTS,
      client: 'Environment.list, ws.environments',
      answer: async ({ workspace, query, caller, signal }) => {
        const page = await api.call(
          routes.environments.list,
          {
            params: workspace,
            query: { skipToken: query['continuation'] ?? query['continuationToken'] },
            body: undefined,
          },
          { caller: caller ?? undefined, signal },
        );
        return json({ value: page.value.map(toWireEnvironment), continuationToken: page.skipToken ?? null });
      },
    },
    {
      ...writing,
      row: 'G4',
      path: `${VERSION}/metadata`,
      client: 'Environment.label',
      answer: async ({ workspace, params, body, caller, signal }) => {
        const { environment = '', version = '' } = params;
        const labels = parseOrThrow(Labels, body, 'The request body') as string[];
        const labelled = await api.call(
          routes.environments.label,
          { params: { ...workspace, environment, version }, query: undefined, body: { labels } },
          { caller: caller ?? undefined, signal },
        );
        return json({ name: labelled.name, version: labelled.version, labels: labelled.labels });
      },
    },
    { ...imageOfOne, path: `${ENVIRONMENT}/image` },
    { ...imageOfOne, path: `${VERSION}/image` },
    { ...building, path: `${VERSION_TO_BUILD}/image` },
    {
      ...building,
      path: `${VERSION_TO_BUILD}/imageoncompute/:compute`,
      client: 'Environment.build(image_build_compute)',
    },
    {
      ...reading,
      row: 'G6',
      path: `${BUILDS}/:operation`,
      client: 'ImageBuildDetails.wait_for_completion',
      answer: async ({ workspace, params, caller, signal }) => {
        const operation = await api.call(
          routes.operations.get,
          { params: { ...workspace, operation: params['operation'] ?? '' }, query: undefined, body: undefined },
          { caller: caller ?? undefined, signal },
        );
        return json(toWireImageBuild(operation, logLink(parts, operation.id)));
      },
    },
    { ...buildingLocally, path: `${ENVIRONMENT}/recipe` },
    { ...buildingLocally, path: `${VERSION}/recipe` },
  ];
}

function versionOf({ params }: CompatibleRequest): { version?: string } {
  const { version } = params;
  return version === undefined ? {} : { version };
}

function buildsOf({ subscriptionId, resourceGroup, workspace }: WorkspaceReference): string {
  return BUILDS.replace(':subscriptionId', subscriptionId)
    .replace(':resourceGroup', encodeURIComponent(resourceGroup))
    .replace(':workspace', workspace);
}
