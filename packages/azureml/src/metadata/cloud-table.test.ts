import { expect, test } from 'vitest';

import { cloudTable } from './cloud-table.ts';

const URL = 'https://farled.blob.localhost:7312';
const TABLE = cloudTable(URL, 'https://audience/') as readonly Record<string, unknown>[];

test('every cloud that a script may name is ours', () => {
  expect(TABLE.map(({ name }) => name)).toEqual(['AzureCloud', 'AzureUSGovernment', 'AzureChinaCloud', 'None']);
});

test.each(TABLE)('$name has addresses of the form that the client needs', (cloud) => {
  expect(cloud).toMatchObject({
    resourceManager: URL,
    authentication: { loginEndpoint: `${URL}/adfs/x`, audiences: ['https://audience/'] },
    suffixes: {},
  });
});
