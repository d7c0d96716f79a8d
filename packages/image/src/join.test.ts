import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { silentLogger, systemClock } from '@farled/service';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { buildImage } from './build.ts';
import { joinPlatforms } from './join.ts';
import { createLayerCache } from './layers/cache.ts';
import { anonymous } from './registry/credentials.ts';
import type { Platform } from './registry/documents.ts';
import { parseReference } from './registry/reference.ts';
import { createRegistry } from './registry/registry.ts';
import { startRegistry } from './testing/start-registry.ts';

const signal = new AbortController().signal;
const AMD64: Platform = { os: 'linux', architecture: 'amd64' };
const ARM64: Platform = { os: 'linux', architecture: 'arm64' };
const stack = new AsyncDisposableStack();
let host: string;

beforeAll(async () => {
  const running = await startRegistry();
  stack.defer(() => running.stop());
  ({ host } = running);
});

afterAll(() => stack.disposeAsync());

test('images of two platforms become one reference that has both; one alone stays what it was', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'farled-join-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const registry = createRegistry({ credentials: anonymous, clock: systemClock, log: silentLogger });
  stack.defer(() => registry.close());
  const cache = createLayerCache({ folder, clock: systemClock });
  const images = [];
  for (const platform of [AMD64, ARM64]) {
    const { reference } = await buildImage({
      registry,
      cache,
      base: null,
      target: { host, repository: 'join' },
      platforms: [platform],
      layers: () => [],
      config: { env: { ARCHITECTURE: platform.architecture } },
      log: () => {},
      signal,
    });
    images.push({ platform, reference: parseReference(reference) });
  }
  const joined = await joinPlatforms(registry, images, signal);
  for (const { platform, reference } of images) {
    expect((await registry.imageManifest(joined, platform, signal)).digest).toBe(reference.digest);
  }
  expect(await joinPlatforms(registry, images.slice(0, 1), signal)).toEqual(images[0]?.reference);
});
