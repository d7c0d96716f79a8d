import { expect, test } from 'vitest';

import { deployment, furnish, startTestApp, WORKSPACE } from './testing/test-app.ts';

test('properties stay as they were set, except those of the checkout, which clients send with every source', async () => {
  await using app = await startTestApp();
  await furnish(app);
  const path = `${WORKSPACE}/services/mysvc`;
  const properties = { origin: 'lab', 'azureml.git.commit': 'one', 'mlflow.source.git.branch': 'main' };
  const deployed = await app.call('PUT', path, { body: await deployment(app, { properties }) });
  await app.finish(deployed.body.id as string);

  const refused = await app.call('PATCH', path, { body: { addProperties: { origin: 'field' } } });
  expect(refused).toMatchObject({
    status: 400,
    body: { message: 'Property "origin" is "lab" and can not be changed.' },
  });

  const added = { 'azureml.git.commit': 'two', 'mlflow.source.git.branch': 'next', constructor: 'x', origin: 'lab' };
  const updated = await app.call('PATCH', path, { body: { addProperties: added } });
  await app.finish(updated.body.id as string);
  expect((await app.call('GET', path)).body.properties).toEqual(added);
});
