/** Documents on a real image in a real registry. */
import { parseReference } from '@farled/image';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { Attester } from './attester.ts';
import { buildServingImage, type ServingContent, type ServingImageParts } from './serving-image.ts';
import { type ServingTest, startServingTest } from './testing/serving-parts.ts';

const signal = AbortSignal.timeout(120_000);
const SIX = { python: { condaDependencies: { dependencies: [{ pip: ['six==1.16.0'] }] } } };

let serving: ServingTest;
beforeAll(async () => {
  serving = await startServingTest();
});
afterAll(async () => {
  await serving?.[Symbol.asyncDispose]();
});

async function build(content: ServingContent, parts: ServingImageParts = serving.parts) {
  const lines: string[] = [];
  const image = await buildServingImage(parts, {
    stores: serving.state,
    content,
    platforms: [{ os: 'linux', architecture: 'amd64' }],
    pythonPolicy: 'exact',
    tag: () => 'tested',
    labels: { 'dev.farled.service': 'svc' },
    log: (line) => lines.push(line),
    signal,
  });
  await parts.attester.settled();
  return { subject: parseReference(image.reference), lines };
}

async function documentsOf(subject: ReturnType<typeof parseReference>) {
  const { registry } = serving.parts;
  const referrers = await registry.referrers(subject, subject.digest ?? '', signal);
  const read = async (digest: string): Promise<unknown> => {
    const { document } = await registry.manifest({ ...subject, tag: null, digest }, signal);
    const [layer] = document.kind === 'image' ? document.manifest.layers : [];
    const bytes = await registry.readBlobBytes(subject, layer ?? { digest: '', size: 0 }, 1_000_000, signal);
    return JSON.parse(Buffer.from(bytes).toString());
  };
  const found = new Map<string, unknown>();
  for (const { artifactType = '', digest } of referrers) {
    found.set(artifactType, await read(digest));
  }
  return { count: referrers.length, found };
}

test('an image says what is in it and what it was made from, the same each time', async () => {
  const content = await serving.content({ models: { mymodel: 'weights' }, environment: SIX });
  const { subject, lines } = await build(content);
  expect(lines.join('\n')).not.toContain('WARNING');
  const { count, found } = await documentsOf(subject);
  expect(count).toBe(2);
  expect(found.get('application/vnd.cyclonedx+json')).toMatchObject({
    metadata: { component: { version: subject.digest } },
    components: expect.arrayContaining([
      expect.objectContaining({ purl: 'pkg:pypi/six@1.16.0' }),
      expect.objectContaining({ purl: `pkg:generic/node@${process.versions.node}` }),
      expect.objectContaining({ purl: expect.stringMatching(/^pkg:oci\/python@sha256%3A[0-9a-f]{64}\?arch=amd64&/) }),
    ]),
  });
  expect(found.get('application/vnd.in-toto+json')).toMatchObject({
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        externalParameters: { entryScript: 'score.py', models: ['mymodel:1'], platforms: ['linux/amd64'] },
        resolvedDependencies: expect.arrayContaining([expect.objectContaining({ uri: 'farled:model:mymodel:1' })]),
      },
    },
  });

  // Another environment version with the same packages is the same image: nothing is said anew.
  const again = await serving.content({ environment: { ...SIX, environmentVariables: { LATER: '1' } } });
  const second = await build({ ...content, environment: again.environment });
  expect(second.subject.digest).toBe(subject.digest);
  expect((await documentsOf(subject)).count).toBe(2);
}, 120_000);

test('a registry that takes no documents is a line in the log, and no failure', async () => {
  const { registry } = serving.parts;
  const refusing = { ...registry, referrers: () => Promise.reject(new Error('no such thing here')) };
  const content = await serving.content({ source: { 'score.py': 'def init(): return 1' }, environment: SIX });
  const { lines } = await build(content, { ...serving.parts, attester: new Attester({ registry: refusing }) });
  expect(lines.at(-1)).toMatch(/^WARNING: No bill of materials.*no such thing here/);
}, 120_000);

test('what is under way ends with the attester', async () => {
  const { registry } = serving.parts;
  const silent = {
    ...registry,
    manifest: (_: unknown, stop: AbortSignal) =>
      new Promise<never>((_resolve, reject) => {
        stop.addEventListener('abort', () => reject(stop.reason as Error));
      }),
  };
  const attester = new Attester({ registry: silent });
  const digest = `sha256:${'a'.repeat(64)}`;
  const lines: string[] = [];
  const image = { host: 'registry.example', repository: 'x', tag: null, digest };
  attester.attest(
    image,
    () => [{ artifactType: 'a', mediaType: 'a', bytes: Buffer.from('{}') }],
    (line) => lines.push(line),
  );
  await attester[Symbol.asyncDispose]();
  expect(lines).toEqual([]);
});
