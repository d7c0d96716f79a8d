import { expect, test } from 'vitest';

import { recallServiceImage } from './service-image.ts';

const IMAGE = {
  reference: `registry.example:5000/farled@sha256:${'0'.repeat(64)}`,
  architectures: ['amd64'],
  runtimeVariables: { AZUREML_ENTRY_SCRIPT: 'score.py' },
};

function recall(
  image: Parameters<typeof recallServiceImage>[2],
  { repository = 'registry.example:5000/farled', architectures = ['amd64'] } = {},
) {
  const environments = { get: () => Promise.resolve({ definition: { environmentVariables: { OF: 'the user' } } }) };
  return recallServiceImage(
    { repository },
    {
      stores: { environments } as never,
      service: { workspaceId: 'w' } as never,
      spec: { environment: { name: 'e', version: '1' } } as never,
      architectures,
    },
    image,
  );
}

test('an image that was good is taken again, with the variables that its environment has', async () => {
  expect(await recall(IMAGE)).toEqual({ ...IMAGE, environmentVariables: { OF: 'the user' } });
});

test('an image is made anew when none is remembered', async () => {
  expect(await recall(undefined)).toBeNull();
});

test('an image is made anew when images are pushed elsewhere by now', async () => {
  expect(await recall(IMAGE, { repository: 'registry.example:5000/other' })).toBeNull();
});

test('an image is made anew when some nodes could not run it', async () => {
  expect(await recall(IMAGE, { architectures: ['amd64', 'arm64'] })).toBeNull();
  expect(await recall({ ...IMAGE, architectures: ['amd64', 'arm64'] })).not.toBeNull();
});
