/** Answers of the test double, one handler for each route of the contract that clients use. */
import {
  DEFAULT_SETTINGS,
  FarledError,
  hasEnded,
  mergeSettings,
  newSettings,
  workspaceId,
  type Compute,
  EnvironmentDefinition,
  type Model,
  type RouteInput,
  type routes,
  type Service,
} from '@farled/contract';

import { clusterHandlers } from './cluster-handlers.ts';
import { newCompute } from './clusters.ts';
import { credentialHandlers } from './credentials.ts';
import { decisionsOf } from './decisions.ts';
import { identityHandlers } from './identities.ts';
import { resourceGroupHandlers } from './resource-groups.ts';
import { found, now, startOperation, type TestState } from './state.ts';

type Routes = typeof routes;
/** Endpoints are tried with the real server. */
type Group = Exclude<keyof Routes, 'endpoints'>;
type AnyRoute = { [Name in Group]: Routes[Name][keyof Routes[Name]] }[Group];
type ByOperationId = { [R in AnyRoute as R['operationId']]: R };

/** Status and body. */
export type Answer = readonly [status: number, body?: unknown];
export type Handlers = {
  readonly [Id in keyof ByOperationId]: (input: RouteInput<ByOperationId[Id]>) => Answer | Promise<Answer>;
};

export function createHandlers(state: TestState, url: () => string): Handlers {
  const serviceOf = (name: string): Service => found(state.services.get(name), 'ServiceNotFound', `service "${name}"`);
  const computeOf = (name: string): Compute =>
    found(state.computes.get(name), 'ComputeNotFound', `compute target "${name}"`);
  const setService = (name: string, changes: Partial<Service>): void => {
    state.services.set(name, { ...serviceOf(name), ...changes, updatedTime: now() });
  };

  return {
    getServerInfo: () => [200, { product: 'farled', version: 'test', scoringUrl: url() }],
    ...resourceGroupHandlers(),
    ...identityHandlers(),
    ...credentialHandlers(state),
    replaceTokenKey: () => {
      state.tokens.clear();
      return [204];
    },
    listWorkspaces: ({ query }) =>
      page(
        [...state.workspaces.values()].filter(
          (one) => query.resourceGroup === undefined || one.resourceGroup === query.resourceGroup,
        ),
      ),
    createWorkspace: ({ params, body: { existOk, ...body } }) => {
      const id = workspaceId(params);
      const present = state.workspaces.get(id);
      if (present !== undefined) {
        if (!existOk) {
          throw new FarledError('WorkspaceAlreadyExists', `There is a workspace "${params.workspace}" already.`);
        }
        return [200, present];
      }
      const { workspace: name, ...path } = params;
      const made = { id, name, ...path, ...body, createdTime: now(), updatedTime: now() };
      state.workspaces.set(id, made);
      return [201, made];
    },
    getWorkspace: ({ params }) => [
      200,
      found(state.workspaces.get(workspaceId(params)), 'WorkspaceNotFound', `workspace "${params.workspace}"`),
    ],
    updateWorkspace: ({ params, body }) => {
      const id = workspaceId(params);
      const present = found(state.workspaces.get(id), 'WorkspaceNotFound', `workspace "${params.workspace}"`);
      const { friendlyName = present.friendlyName, description = present.description, tags = present.tags } = body;
      const changed = { ...present, friendlyName, description, tags };
      state.workspaces.set(id, changed);
      return [200, changed];
    },
    deleteWorkspace: ({ params }) => {
      state.workspaces.delete(workspaceId(params));
      return [204];
    },
    findMissingArtifacts: ({ body }) => [
      200,
      { missing: [...new Set(body.files.map((file) => file.sha256))].filter((sha256) => !state.artifacts.has(sha256)) },
    ],
    uploadArtifact: async ({ params, body }) => {
      const bytes = new Uint8Array(await new Response(ReadableStream.from(body)).arrayBuffer());
      state.artifacts.set(params.sha256, bytes);
      return [201, { sha256: params.sha256, size: bytes.length }];
    },
    downloadArtifact: ({ params }) => [
      200,
      found(state.artifacts.get(params.sha256), 'ArtifactNotFound', `artifact ${params.sha256}`),
    ],
    listModels: ({ query }) => {
      const newestFirst = [...state.models.values()]
        .toReversed()
        .filter((model) => query.name === undefined || model.name === query.name)
        .filter((model) => holds(model.tags, query.tag) && holds(model.properties, query.property));
      const seen = new Set<string>();
      return page(
        query.latest ? newestFirst.filter(({ name }) => !seen.has(name) && Boolean(seen.add(name))) : newestFirst,
        query,
      );
    },
    registerModel: ({ body }) => {
      const versions = [...state.models.values()].filter((model) => model.name === body.name);
      const version = Math.max(0, ...versions.map((model) => model.version)) + 1;
      const size = body.files.reduce((sum, file) => sum + file.size, 0);
      const model: Model = {
        ...body,
        id: `${body.name}:${version}`,
        version,
        size,
        createdTime: now(),
        modifiedTime: now(),
      };
      state.models.set(model.id, model);
      return [201, model];
    },
    getModel: ({ params }) => [200, found(state.models.get(params.model), 'ModelNotFound', `model "${params.model}"`)],
    updateModel: ({ params, body }) => {
      const present = found(state.models.get(params.model), 'ModelNotFound', `model "${params.model}"`);
      const changed = {
        ...present,
        description: body.description ?? present.description,
        tags: changeTags(present.tags, body),
        properties: { ...present.properties, ...body.addProperties },
        resourceRequirements: body.resourceRequirements ?? present.resourceRequirements,
      };
      state.models.set(present.id, changed);
      return [200, changed];
    },
    deleteModel: ({ params }) => {
      const user = [...state.services.values()].find((service) => service.models.includes(params.model));
      if (user !== undefined) {
        throw new FarledError('ModelInUse', `The model "${params.model}" is used by the service "${user.name}".`);
      }
      state.models.delete(params.model);
      return [204];
    },
    listEnvironments: () => page([...state.environments.values()]),
    registerEnvironment: ({ params, body }) => [200, register(state, params.environment, body)],
    registerEnvironmentVersion: ({ params, body }) => [200, register(state, params.environment, body)],
    getEnvironment: ({ params }) => [
      200,
      found(state.environments.get(params.environment), 'EnvironmentNotFound', `environment "${params.environment}"`),
    ],
    labelEnvironment: ({ params, body }) => {
      const present = found(state.environments.get(params.environment), 'EnvironmentNotFound', 'environment');
      const labelled = { ...present, labels: body.labels };
      state.environments.set(params.environment, labelled);
      return [200, labelled];
    },
    buildEnvironment: ({ params, body }) => {
      const { name, version } = found(
        state.environments.get(params.environment),
        'EnvironmentNotFound',
        `environment "${params.environment}"`,
      );
      const target = { type: 'environment', name: `${name}:${version}` } as const;
      return [202, startOperation(state, body.operationId, 'BuildEnvironment', target, () => {})];
    },
    ...clusterHandlers(state),
    listComputes: () => page([...state.computes.values()]),
    getCompute: ({ params }) => [200, computeOf(params.compute)],
    putCompute: ({ params, body: { operationId, ...body } }) => {
      if (state.computes.has(params.compute) && !state.operations.has(operationId ?? '')) {
        throw new FarledError('ComputeAlreadyExists', `There is a compute target "${params.compute}" already.`);
      }
      const target = { type: 'compute', name: params.compute } as const;
      const failed = state.failWith !== undefined;
      state.computes.set(params.compute, {
        ...newCompute(params, body),
        provisioningState: failed ? 'Failed' : 'Creating',
      });
      const operation = startOperation(state, operationId, 'CreateCompute', target, () =>
        state.computes.set(params.compute, { ...computeOf(params.compute), provisioningState: 'Succeeded' }),
      );
      return [202, operation];
    },
    getKubernetesManifests: ({ params, query }) => [
      200,
      { yaml: `# ${params.compute} ${JSON.stringify(query)}\nkind: Namespace\n` },
    ],
    getComputeCredentials: ({ params }) => [200, { kubeconfig: `# ${computeOf(params.compute).name}` }],
    detachCompute: ({ params, query }) => [
      202,
      startOperation(
        state,
        query.operationId,
        'DetachCompute',
        { type: 'compute', name: computeOf(params.compute).name },
        () => state.computes.delete(params.compute),
      ),
    ],
    deleteCompute: ({ params, query }) => [
      202,
      startOperation(
        state,
        query.operationId,
        'DeleteCompute',
        { type: 'compute', name: computeOf(params.compute).name },
        () => state.computes.delete(params.compute),
      ),
    ],
    listServices: ({ query }) =>
      page(
        [...state.services.values()]
          .filter(
            (service) =>
              query.modelName === undefined || service.models.some((id) => id.startsWith(`${query.modelName}:`)),
          )
          .filter((service) => holds(service.tags, query.tag)),
        query,
      ),
    deployService: ({ params, body }) => {
      const { operationId, computeName, models, inference: said, keys, overwrite, settings, ...texts } = body;
      const known = operationId === undefined ? undefined : state.operations.get(operationId);
      if (known !== undefined) {
        return [202, known.operation];
      }
      if (state.services.has(params.service) && !overwrite) {
        throw new FarledError('ServiceAlreadyExists', `There is a service "${params.service}" already.`, {
          suggestion: 'Update it, or pass --overwrite.',
        });
      }
      computeOf(computeName);
      models.forEach((id) => found(state.models.get(id), 'ModelNotFound', `model "${id}"`));
      const inference = said ?? { entryScript: 'score.py', environment: EnvironmentDefinition.parse({ name: 'made' }) };
      const environment =
        'python' in inference.environment
          ? register(state, inference.environment.name, inference.environment)
          : found(state.environments.get(inference.environment.name), 'EnvironmentNotFound', 'environment');
      const failed = state.failWith !== undefined;
      state.keys.set(params.service, {
        primaryKey: keys.primaryKey ?? 'primary-key-0001',
        secondaryKey: keys.secondaryKey ?? 'secondary-key-01',
      });
      const base = `${url()}/api/v1/service/${params.service}`;
      state.services.set(params.service, {
        id: params.service,
        name: params.service,
        ...texts,
        computeName,
        computeType: 'AKS',
        state: failed ? 'Failed' : 'Transitioning',
        error: null,
        scoringUri: `${base}/score`,
        swaggerUri: `${base}/swagger.json`,
        models,
        inference: {
          entryScript: inference.entryScript,
          environment: { name: environment.name, version: environment.version },
        },
        settings: newSettings(DEFAULT_SETTINGS, settings),
        deploymentStatus: { desiredReplicas: 1, updatedReplicas: 1, availableReplicas: 1, replicas: [] },
        operationId: operationId ?? '',
        createdTime: now(),
        updatedTime: now(),
      });
      const target = { type: 'service', name: params.service } as const;
      const operation = startOperation(state, operationId, 'CreateService', target, () =>
        setService(params.service, { state: 'Healthy' }),
      );
      setService(params.service, { operationId: operation.id });
      return [202, operation];
    },
    getService: ({ params }) => [200, serviceOf(params.service)],
    updateService: ({ params, body }) => {
      const present = serviceOf(params.service);
      const target = { type: 'service', name: params.service } as const;
      const operation = startOperation(state, body.operationId, 'UpdateService', target, () => {
        state.previous.set(params.service, present);
        setService(params.service, {
          models: body.models ?? present.models,
          settings: mergeSettings(present.settings, body.settings ?? {}),
          description: body.description ?? present.description,
          tags: changeTags(present.tags, body),
          properties: { ...present.properties, ...body.addProperties },
          state: 'Healthy',
        });
      });
      setService(params.service, { operationId: operation.id });
      return [202, operation];
    },
    rollBackService: ({ params, body }) => {
      const present = serviceOf(params.service);
      const previous = found(state.previous.get(params.service), 'NothingToRollBackTo', 'spec before');
      const target = { type: 'service', name: params.service } as const;
      const operation = startOperation(state, body.operationId, 'RollBackService', target, () => {
        state.previous.set(params.service, present);
        const { models, settings } = previous;
        setService(params.service, { models, settings, state: 'Healthy' });
      });
      setService(params.service, { operationId: operation.id });
      return [202, operation];
    },
    deleteService: ({ params, query }) => {
      if (!state.services.has(params.service)) {
        return [204];
      }
      const target = { type: 'service', name: params.service } as const;
      return [
        202,
        startOperation(state, query.operationId, 'DeleteService', target, () => state.services.delete(params.service)),
      ];
    },
    getServiceLogs: ({ params, query }) => [
      200,
      { lines: [`${serviceOf(params.service).name}: init() called`, 'ready'].slice(-query.lines) },
    ],
    getServiceDecisions: ({ params, query }) => [
      200,
      { value: decisionsOf(serviceOf(params.service).name).slice(-query.last) },
    ],
    followServiceLogs: ({ params, query }) => [
      200,
      Buffer.from(`${JSON.stringify(`${serviceOf(params.service).name}: ${query.lines} lines`)}\n\n"ready"\n`),
    ],
    createPackage: ({ body }) => {
      const { operationId = '', imageName, imageLabel = '20300101000000', models, inference } = body;
      const { name } = inference.environment;
      const location = `registry.example/farled/${imageName}:${imageLabel}`;
      const source = inference.source.map((file) => ({ ...file, path: `source/${file.path}` }));
      state.packages.set(operationId, {
        id: operationId,
        form: body.generateDockerfile ? 'dockerfile' : 'image',
        imageName,
        imageLabel,
        models,
        inference: { entryScript: inference.entryScript, environment: { name, version: '1' } },
        location: body.generateDockerfile ? null : location,
        digest: body.generateDockerfile ? null : `sha256:${'0'.repeat(64)}`,
        files: body.generateDockerfile ? source : [],
        createdTime: now(),
      });
      const target = { type: 'package', name: `${imageName}:${imageLabel}` } as const;
      return [202, startOperation(state, operationId, 'PackageModels', target, () => {})];
    },
    getPackage: ({ params }) => [
      200,
      found(state.packages.get(params.package), 'PackageNotFound', `package "${params.package}"`),
    ],
    listOperations: () => page([...state.operations.values()].map((held) => held.operation)),
    getOperation: ({ params }) => [200, operationOf(state, params.operation).operation],
    getOperationLog: async ({ params, query }) => {
      const held = operationOf(state, params.operation);
      const until = Date.now() + Math.min(query.waitMs, 2000);
      while (held.lines.length <= query.from && !hasEnded(held.operation.state) && Date.now() < until) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      return [200, { lines: held.lines.slice(query.from), next: held.lines.length, state: held.operation.state }];
    },
    cancelOperation: ({ params }) => {
      const held = operationOf(state, params.operation);
      held.operation = { ...held.operation, state: 'Cancelled', endTime: now() };
      return [202, held.operation];
    },
  };
}

function page(
  items: readonly unknown[],
  { count = 100, skipToken = '0' }: { count?: number; skipToken?: string | undefined } = {},
): Answer {
  const from = Number(skipToken);
  const rest = items.length > from + count ? { skipToken: String(from + count) } : {};
  return [200, { value: items.slice(from, from + count), ...rest }];
}

function operationOf(state: TestState, id: string) {
  return found(state.operations.get(id), 'OperationNotFound', `operation "${id}"`);
}

function register(state: TestState, name: string, definition: EnvironmentDefinition) {
  const present = state.environments.get(name);
  if (present !== undefined && JSON.stringify(present.definition) === JSON.stringify(definition)) {
    return present;
  }
  const version = String(Number(present?.version ?? 0) + 1);
  const made = { name, version, definition, digest: 'd'.repeat(64), labels: [], createdTime: now() };
  state.environments.set(name, made);
  return made;
}

function holds(tags: Readonly<Record<string, string>>, filters: readonly string[] = []): boolean {
  return filters.every((filter) => {
    const [key = '', value] = filter.split('=');
    return key in tags && (value === undefined || tags[key] === value);
  });
}

function changeTags(
  present: Readonly<Record<string, string>>,
  changes: {
    tags?: Readonly<Record<string, string>> | undefined;
    addTags?: Readonly<Record<string, string>> | undefined;
    removeTags?: readonly string[] | undefined;
  },
): Record<string, string> {
  const kept = Object.entries(changes.tags ?? present).filter(([key]) => changes.removeTags?.includes(key) !== true);
  return { ...Object.fromEntries(kept), ...changes.addTags };
}
