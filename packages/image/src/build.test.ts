import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ManualClock, silentLogger, systemClock } from '@farled/service';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';

import { attach } from './attestations/attach.ts';
import { provenance } from './attestations/provenance.ts';
import { sbom } from './attestations/sbom.ts';
import { buildImage, type BuildRequest } from './build.ts';
import { createLayerCache } from './layers/cache.ts';
import { folderLayer } from './layers/folder-layer.ts';
import type { LayerSource } from './layers/layer.ts';
import { whiteout } from './layers/whiteout.ts';
import { anonymous } from './registry/credentials.ts';
import { RegistryRefusal } from './registry/failure.ts';
import { parseReference } from './registry/reference.ts';
import { createRegistry, type Registry } from './registry/registry.ts';
import { saveImage } from './save.ts';
import { type RunningRegistry, startRegistry } from './testing/start-registry.ts';

const run = promisify(execFile);
const signal = new AbortController().signal;
const amd64 = { os: 'linux', architecture: 'amd64' } as const;
const arm64 = { os: 'linux', architecture: 'arm64' } as const;

let running: RunningRegistry;
let registry: Registry;
let folder: string;
let count = 0;

beforeAll(async () => {
  running = await startRegistry();
  registry = createRegistry({ credentials: anonymous, clock: systemClock, log: silentLogger });
});
afterAll(async () => {
  await registry.close();
  await running.stop();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-build-'));
  count += 1;
  const made = folder;
  onTestFinished(() => rm(made, { recursive: true, force: true }));
});

function filesLayer(name: string, files: Record<string, string>, mode = 0o644): LayerSource {
  return {
    name,
    key: JSON.stringify([name, files, mode]),
    entries: () =>
      Object.entries(files).map(([path, text]) => ({ kind: 'file', path, mode, source: { bytes: Buffer.from(text) } })),
  };
}

async function build(options: Partial<BuildRequest> & { name?: string } = {}) {
  const { name = `image-${count}`, ...rest } = options;
  return buildImage({
    registry,
    cache: createLayerCache({ folder: join(folder, 'cache'), clock: systemClock }),
    base: null,
    target: { host: running.host, repository: name },
    platforms: [amd64],
    layers: () => [filesLayer('source', { '/app/score.py': 'print(1)' })],
    config: {},
    log: () => {},
    signal,
    ...rest,
  });
}

/** What another tool makes of an image: its files as unpacked, its configuration. */
async function unpack(reference: string) {
  const layout = await mkdtemp(join(folder, 'oci-'));
  const root = await mkdtemp(join(folder, 'root-'));
  await run('skopeo', ['copy', '--src-tls-verify=false', `docker://${reference}`, `oci:${layout}:x`]);
  const blob = async (digest: string): Promise<Buffer> => readFile(join(layout, 'blobs/sha256', digest.slice(7)));
  const json = async <T>(digest: string): Promise<T> => JSON.parse((await blob(digest)).toString()) as T;
  const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as { manifests: [{ digest: string }] };
  const manifest = await json<{ layers: { digest: string; mediaType: string }[]; config: { digest: string } }>(
    index.manifests[0].digest,
  );
  for (const { digest, mediaType } of manifest.layers) {
    const how = mediaType.endsWith('zstd') ? '--zstd' : '--gzip';
    await run('tar', [how, '-xpf', join(layout, 'blobs/sha256', digest.slice(7)), '-C', root, '--no-same-owner']);
  }
  return {
    root,
    manifest,
    config: await json<{ config: object; history: object[]; created: string }>(manifest.config.digest),
  };
}

test('other tools unpack what was built, with its settings', async () => {
  const source = join(folder, 'source');
  await mkdir(join(source, 'lib'), { recursive: true });
  await writeFile(join(source, 'score.py'), 'import lib');
  await writeFile(join(source, 'lib', 'start.sh'), '#!/bin/sh', { mode: 0o755 });
  const { reference, layers } = await build({
    layers: () => [
      filesLayer('system', { '/etc/os-release': 'NAME=none' }),
      folderLayer({ name: 'source', key: 'k', folder: source, at: '/var/azureml-app', uid: 1000, gid: 1000 }),
    ],
    config: {
      env: { PORT: '5001', A: 'b=c' },
      entrypoint: ['/opt/farled/bin/node', 'main.mjs'],
      workingDir: '/var/azureml-app',
      user: '1000:1000',
      labels: { b: '2', a: '1' },
      exposedPorts: ['5001/tcp'],
    },
  });
  expect(layers.map(({ name, platform }) => [name, platform])).toEqual([
    ['system', 'linux/amd64'],
    ['source', 'linux/amd64'],
  ]);
  const { root, config } = await unpack(reference);
  expect(await readFile(join(root, 'var/azureml-app/score.py'), 'utf8')).toBe('import lib');
  expect((await stat(join(root, 'var/azureml-app/lib/start.sh'))).mode & 0o777).toBe(0o755);
  expect((await stat(join(root, 'var/azureml-app/score.py'))).mode & 0o777).toBe(0o644);
  expect(config.created).toBe('1970-01-01T00:00:00Z');
  expect(config.config).toEqual({
    Env: ['A=b=c', 'PORT=5001'],
    Entrypoint: ['/opt/farled/bin/node', 'main.mjs'],
    WorkingDir: '/var/azureml-app',
    User: '1000:1000',
    Labels: { a: '1', b: '2' },
    ExposedPorts: { '5001/tcp': {} },
  });
});

test('the same inputs give the same image, in any folder, on any day, to any registry', async () => {
  const other = await startRegistry();
  onTestFinished(other.stop);
  const digests: string[] = [];
  for (const [place, day, host] of [
    ['here', Date.UTC(2020, 1, 1), running.host],
    ['there', Date.UTC(2035, 5, 5), other.host],
  ] as const) {
    const source = join(folder, place, 'source');
    await mkdir(source, { recursive: true });
    await writeFile(join(source, 'score.py'), 'print(1)');
    const built = await build({
      cache: createLayerCache({ folder: join(folder, place, 'cache'), clock: new ManualClock(day) }),
      target: { host, repository: 'same' },
      platforms: [amd64, arm64],
      layers: () => [folderLayer({ name: 'source', key: 'k', folder: source, at: '/app' })],
    });
    digests.push(built.digest);
  }
  expect(new Set(digests).size).toBe(1);
});

test('a change of the source sends the source, and nothing else', async () => {
  const layers = (source: string) => [
    filesLayer('environment', { '/env/lib': 'e'.repeat(500_000) }),
    filesLayer('source', { '/app/a': source }),
  ];
  const first = await build({ layers: () => layers('one') });
  const again = await build({ layers: () => layers('one') });
  expect(again).toMatchObject({ reference: first.reference, pushedBytes: 0 });
  const lines: string[] = [];
  const changed = await build({ layers: () => layers('two'), log: (line) => lines.push(line) });
  expect(changed.digest).not.toBe(first.digest);
  expect(changed.pushedBytes).toBeLessThan(64 * 1024);
  expect(lines.filter((line) => line.startsWith('Layer '))).toEqual([
    expect.stringMatching(/^Layer source \(\d+ bytes\) sent$/),
    expect.stringMatching(/^Layer with the configuration \(\d+ bytes\) sent$/),
  ]);
});

test('an image in the registry is known without the bytes of its layers', async () => {
  const cache = createLayerCache({ folder: join(folder, 'cache'), clock: systemClock });
  await build({ cache });
  await rm(join(folder, 'cache', 'blobs'), { recursive: true });
  expect(await build({ cache })).toMatchObject({ pushedBytes: 0 });
});

test('a base is mounted in its own registry and copied to another one', async () => {
  const base = await build({
    name: `base-${count}`,
    layers: () => [filesLayer('base', { '/etc/base': 'b'.repeat(3_000_000) })],
    config: { env: { PATH: '/usr/bin', KEEP: '1' }, cmd: ['bash'], labels: { of: 'base' } },
  });
  const upon = {
    base: parseReference(base.reference),
    layers: () => [filesLayer('own', { '/app/a': 'own' })],
    config: { env: { PATH: '/opt/bin:/usr/bin' }, entrypoint: ['run'] },
  };
  const mounted = await build({ ...upon, name: `upon-${count}` });
  expect(mounted.pushedBytes).toBeLessThan(10_000);
  const { root, config } = await unpack(mounted.reference);
  expect(await readFile(join(root, 'etc/base'), 'utf8')).toHaveLength(3_000_000);
  expect(config.config).toEqual({
    Env: ['KEEP=1', 'PATH=/opt/bin:/usr/bin'],
    Entrypoint: ['run'],
    Labels: { of: 'base' },
  });
  expect(config.history).toHaveLength(2);
  const other = await startRegistry();
  onTestFinished(other.stop);
  const copied = await build({ ...upon, target: { host: other.host, repository: 'x' } });
  expect(copied.digest).toBe(mounted.digest);
});

test('a base in Docker’s own format becomes an image of OCI', async () => {
  const { reference } = await build({ name: `oci-${count}`, compression: 'gzip', config: { cmd: ['x'] } });
  const docker = `${running.host}/docker-${count}:v2`;
  await run('skopeo', [
    'copy',
    '--format',
    'v2s2',
    '--src-tls-verify=false',
    '--dest-tls-verify=false',
    `docker://${reference}`,
    `docker://${docker}`,
  ]);
  const built = await build({ base: parseReference(docker), layers: () => [filesLayer('own', { '/own': 'x' })] });
  const { manifest } = await unpack(built.reference);
  expect(manifest.layers.map(({ mediaType }) => mediaType)).toEqual([
    'application/vnd.oci.image.layer.v1.tar+gzip',
    'application/vnd.oci.image.layer.v1.tar+zstd',
  ]);
});

test('several platforms make an index, of which each takes its own', async () => {
  const { reference, layers } = await build({
    tag: 'both',
    platforms: [amd64, arm64],
    layers: (platform) => [filesLayer('own', { '/arch': platform.architecture }), filesLayer('shared', { '/x': 'y' })],
  });
  expect(layers).toHaveLength(4);
  const { stdout } = await run('skopeo', [
    'inspect',
    '--raw',
    '--tls-verify=false',
    `docker://${running.host}/image-${count}:both`,
  ]);
  expect(JSON.parse(stdout)).toMatchObject({ manifests: [{ platform: amd64 }, { platform: arm64 }] });
  const upon = await build({
    base: parseReference(reference),
    platforms: [arm64],
    layers: () => [],
    name: `upon-${count}`,
  });
  expect(await readFile(join((await unpack(upon.reference)).root, 'arch'), 'utf8')).toBe('arm64');
  const none = build({ base: parseReference((await build({ platforms: [amd64] })).reference), platforms: [arm64] });
  await expect(none).rejects.toThrow(/The base image is for linux\/amd64, and one for linux\/arm64 is needed/);
});

test('what a layer takes away is gone', async () => {
  const base = await build({ name: `base-${count}`, layers: () => [filesLayer('base', { '/a/b': '1', '/a/c': '2' })] });
  const { reference } = await build({
    base: parseReference(base.reference),
    layers: () => [{ name: 'less', key: 'less', entries: () => [whiteout('/a/b')] }],
  });
  const { root } = await unpack(reference);
  expect(await readFile(join(root, 'a/.wh.b'), 'utf8')).toBe('');
});

test('documents are attached to an image once, and found again', async () => {
  const { reference, digest } = await build();
  const subject = parseReference(reference);
  const bill = sbom({ name: 'x', digest }, [
    { name: 'numpy', version: '2.1.0', purl: 'pkg:pypi/numpy@2.1.0' },
    { name: 'joblib', version: '1.4.2', purl: 'pkg:pypi/joblib@1.4.2' },
  ]);
  const origin = provenance({
    image: { name: 'x', digest },
    buildType: 'https://farled.dev/build/v1',
    builder: 'https://farled.dev',
    parameters: { entryScript: 'score.py' },
    materials: [{ uri: 'pkg:docker/debian', digest }],
  });
  const first = await attach(registry, subject, bill, signal);
  await attach(registry, subject, origin, signal);
  expect(await attach(registry, subject, bill, signal)).toEqual(first);
  const found = await registry.referrers(subject, digest, signal);
  expect(found.map(({ artifactType }) => artifactType ?? '').toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    'application/vnd.cyclonedx+json',
    'application/vnd.in-toto+json',
  ]);
  const { document } = await registry.manifest({ ...subject, digest: first.digest }, signal);
  const [layer] = document.kind === 'image' ? document.manifest.layers : [];
  const bytes = await registry.readBlobBytes(subject, layer ?? { digest: '', size: 0 }, 100_000, signal);
  expect(JSON.parse(Buffer.from(bytes).toString())).toMatchObject({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: [{ purl: 'pkg:pypi/joblib@1.4.2' }, { purl: 'pkg:pypi/numpy@2.1.0' }],
  });
  await expect(attach(registry, { ...subject, digest: null, tag: 'x' }, bill, signal)).rejects.toThrow(
    /it has no digest/,
  );
});

test('a base that is not there is named', async () => {
  await expect(build({ base: parseReference(`${running.host}/none:1`) })).rejects.toMatchObject({
    code: 'ImageNotFound',
    message: expect.stringContaining(`${running.host}/none: getting the image 1 failed`),
  });
});

test.each(['gzip', 'zstd'] as const)(
  'a saved image of layers packed by %s is read by other tools',
  async (compression) => {
    const base = await build({
      name: `base-${count}`,
      compression,
      layers: () => [filesLayer('base', { '/etc/base': 'b' })],
    });
    const parts = {
      registry,
      cache: createLayerCache({ folder: join(folder, 'cache'), clock: systemClock }),
      base: parseReference(base.reference),
      layers: () => [filesLayer('own', { '/app/a': 'own' })],
      config: { entrypoint: ['run'] },
      compression,
      signal,
    };
    const file = join(folder, 'image.tar');
    const { digest } = await saveImage({ ...parts, platform: amd64, name: 'scorer:v1', file });
    expect(digest).toBe((await build(parts)).digest);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    const docker = JSON.parse(
      (await run('skopeo', ['inspect', '--config', `docker-archive:${file}:scorer:v1`])).stdout,
    ) as object;
    const oci = JSON.parse(
      (await run('skopeo', ['inspect', '--raw', `oci-archive:${file}:scorer:v1`])).stdout,
    ) as object;
    expect(docker).toMatchObject({ config: { Entrypoint: ['run'] }, rootfs: { diff_ids: { length: 2 } } });
    expect(oci).toMatchObject({ layers: [{ size: expect.any(Number) }, { size: expect.any(Number) }] });
  },
);

test('a registry that does not know zstd gets gzip, and is not asked twice about what it has', async () => {
  const refusing: Registry = {
    ...registry,
    putManifest: async (to, manifest, stop) => {
      if (Buffer.from(manifest.bytes).includes('tar+zstd')) {
        const attempted = { what: 'pushing the manifest', host: to.host, repository: to.repository, known: false };
        throw new RegistryRefusal(
          attempted,
          400,
          '{"errors":[{"code":"MANIFEST_INVALID","message":"unknown media type"}]}',
        );
      }
      return registry.putManifest(to, manifest, stop);
    },
  };
  const lines: string[] = [];
  const built = await build({ registry: refusing, log: (line) => lines.push(line) });
  expect(lines).toContain(`${running.host} does not take layers that are compressed with zstd; compressing with gzip`);
  expect(built.layers.map(({ mediaType }) => mediaType)).toEqual(['application/vnd.oci.image.layer.v1.tar+gzip']);
  expect(await readFile(join((await unpack(built.reference)).root, 'app/score.py'), 'utf8')).toBe('print(1)');
});

test('no image is named before all of it is there', async () => {
  const broken: LayerSource = {
    name: 'broken',
    key: 'broken',
    entries: () => [{ kind: 'file', path: 'a', mode: 0o644, source: { file: join(folder, 'missing') } }],
  };
  const layers = () => [filesLayer('source', { '/app/a': 'x' }), broken];
  await expect(build({ tag: 'v1', layers })).rejects.toMatchObject({ code: 'ImageBuildFailed' });
  const reference = parseReference(`${running.host}/image-${count}:v1`);
  expect(await registry.headManifest(reference, signal)).toBeNull();
});
