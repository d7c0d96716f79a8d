/** What images are built with in tests: the real builder, uv, record and registry, and a base image of two files. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EnvironmentDefinition, type FileManifest, RegisterModel } from '@farled/contract';
import {
  anonymous,
  buildImage,
  createLayerCache,
  createRegistry,
  fixedCredentials,
  parseReference,
} from '@farled/image';
import { silentLogger, systemClock } from '@farled/service';
import { openDirectoryArtifacts, openState, type State } from '@farled/state';

import { type RunningRegistry, startRegistry } from '../../../../image/src/testing/start-registry.ts';
import { createEnvironments } from '../../environments/uv.ts';
import { createImages } from '../../images/directory.ts';
import { Attester } from '../attester.ts';
import type { ServingContent, ServingImageParts } from '../serving-image.ts';
import { Turns } from '../turns.ts';

export interface ServingTest extends AsyncDisposable {
  readonly parts: ServingImageParts;
  readonly running: RunningRegistry;
  readonly state: State;
  readonly folder: string;
  /** Registers the models and the environment, and stores the files that are named with their text. */
  content(said: {
    readonly source?: Readonly<Record<string, string>>;
    readonly models?: Readonly<Record<string, string>>;
    readonly environment?: object;
  }): Promise<ServingContent>;
}

const signal = new AbortController().signal;

export async function startServingTest(): Promise<ServingTest> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'farled-serving-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const running = await startRegistry();
  stack.defer(() => running.stop());
  const registry = createRegistry({ credentials: anonymous, clock: systemClock, log: silentLogger });
  stack.defer(() => registry.close());
  const state = stack.use(
    await openState({
      database: { kind: 'sqlite', path: join(folder, 'record.sqlite') },
      secretKey: Buffer.alloc(32, 7),
      clock: systemClock,
    }),
  );
  const artifacts = await openDirectoryArtifacts(join(folder, 'artifacts'), { clock: systemClock });
  const cache = createLayerCache({ folder: join(folder, 'cache'), clock: systemClock });
  const python = {
    kind: 'file',
    path: '/usr/bin/python3.11',
    mode: 0o755,
    source: { bytes: Buffer.from('') },
  } as const;
  const base = await buildImage({
    registry,
    cache,
    base: null,
    target: { host: running.host, repository: 'base/python' },
    tag: '3.11',
    platforms: [{ os: 'linux', architecture: 'amd64' }],
    layers: () => [{ name: 'python', key: 'python', entries: () => [python] }],
    config: {},
    log: () => {},
    signal,
  });
  const attester = stack.use(new Attester({ registry }));
  const workspace = await state.workspaces.create(
    { subscriptionId: 'sub', resourceGroup: 'rg', workspace: 'ws' },
    { location: 'local', friendlyName: '', description: '', tags: {} },
  );
  const store = async (path: string, text: string): Promise<FileManifest[number]> => {
    const bytes = Buffer.from(text);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await artifacts.put(
      sha256,
      (async function* () {
        yield bytes;
      })(),
    );
    return { path, sha256, size: bytes.length };
  };
  const files = (texts: Readonly<Record<string, string>>): Promise<FileManifest> =>
    Promise.all(Object.entries(texts).map(([path, text]) => store(path, text)));
  const owned = stack.move();
  return {
    running,
    state,
    folder,
    parts: {
      registry,
      openRegistry: ({ host, ...login }) =>
        createRegistry({ credentials: fixedCredentials({ [host]: login }), clock: systemClock, log: silentLogger }),
      cache,
      basesFolder: join(folder, 'bases'),
      repository: `${running.host}/farled`,
      defaultBase: `${parseReference(base.reference).host}/base/python:{python}`,
      runtimeLayer: () =>
        Promise.resolve({
          name: 'runtime',
          key: 'runtime',
          entries: () => [
            { kind: 'file', path: '/opt/farled/runtime/main.mjs', mode: 0o644, source: { bytes: Buffer.from('') } },
          ],
        }),
      toolsFolder: join(folder, 'tools'),
      workFolder: join(folder, 'work'),
      images: createImages({
        imagesFolder: join(folder, 'images'),
        modelsFolder: join(folder, 'models'),
        artifacts,
        clock: systemClock,
      }),
      environments: createEnvironments({
        folder: join(folder, 'environments'),
        toolsFolder: join(folder, 'tools'),
        realServer: false,
        clock: systemClock,
        log: silentLogger,
      }),
      attester,
      turns: new Turns(8),
    },
    content: async ({ source = { 'score.py': 'def init(): pass' }, models = {}, environment = {} }) => {
      const registered: string[] = [];
      for (const [name, text] of Object.entries(models)) {
        const model = RegisterModel.parse({ name, files: await files({ 'model.txt': text }) });
        registered.push((await state.models.register(workspace.key, model)).id);
      }
      const definition = EnvironmentDefinition.parse({ name: 'env', ...environment });
      const { name, version } = await state.environments.register(workspace.key, definition);
      return {
        workspaceId: workspace.key,
        models: registered,
        entryScript: 'score.py',
        source: await files(source),
        environment: { name, version },
      };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
