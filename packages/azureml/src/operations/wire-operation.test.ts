import { type ErrorCode, ERRORS, type Operation } from '@farled/contract';
import { ManualClock } from '@farled/service';
import { expect, test } from 'vitest';

import { keyRegeneration, keyRegenerationId } from './key-regeneration.ts';
import { toWireOperation } from './wire-operation.ts';

const OPERATION: Operation = {
  id: 'id',
  kind: 'CreateService',
  target: { type: 'service', name: 'mysvc' },
  state: 'Running',
  error: null,
  createdTime: '2026-11-25T03:00:00.000Z',
  endTime: null,
};
const FACTS = {
  operationType: 'Service',
  resourceLocation: '/services/mysvc',
  operationLog: 'https://host/log',
  streamingOperationLog: undefined,
};
const failed = (code: ErrorCode): Operation => ({
  ...OPERATION,
  state: 'Failed',
  error: { code, statusCode: ERRORS[code], message: 'It broke.', suggestion: 'Mend it.', details: [] },
});

test('a running operation has no error, and its log only for who asks', () => {
  expect(toWireOperation(OPERATION, FACTS)).toEqual({
    id: 'id',
    state: 'Running',
    createdTime: '2026-11-25T03:00:00.000Z',
    endTime: null,
    error: null,
    operationType: 'Service',
    resourceLocation: '/services/mysvc',
    operationLog: 'https://host/log',
    operationDetails: { subOperationType: 'DeployService', subOperationState: 'Running' },
    parentRequestId: 'id',
  });
  expect(toWireOperation(OPERATION, { ...FACTS, streamingOperationLog: '' })).toHaveProperty(
    'streamingOperationLog',
    '',
  );
});

test.each<readonly [ErrorCode, string]>([
  ['EnvironmentBuildFailed', 'BuildEnvironment'],
  ['PythonVersionUnavailable', 'BuildEnvironment'],
  ['ImageBuildFailed', 'BuildImage'],
  ['ImageNotFound', 'BuildImage'],
  ['RegistryUnavailable', 'BuildImage'],
  ['UserScriptInitFailed', 'DeployService'],
  ['Unschedulable', 'DeployService'],
  ['DeploymentTimedOut', 'DeployService'],
])('%s failed at %s, which says where to look', (code, kind) => {
  expect(toWireOperation(failed(code), FACTS)).toMatchObject({
    state: 'Failed',
    error: { code, statusCode: ERRORS[code], message: 'It broke. Mend it.' },
    operationDetails: { subOperationType: kind, subOperationState: 'Failed' },
  });
});

test('the operation of a replaced key has ended when it is asked about', async () => {
  const clock = new ManualClock();
  await clock.advance(1000);
  const id = keyRegenerationId('my-svc', clock);
  expect(keyRegeneration(id)).toMatchObject({ id, state: 'Succeeded', target: { name: 'my-svc' } });
  expect(keyRegeneration(id)?.endTime).toBe(new Date(clock.now()).toISOString());
});

test.each([
  '3f0e8c52-6a3f-4b3e-9d6a-0d8a3d2b7c11',
  'keys-',
  'keys-mysvc-',
  'keys-mysvc-999999999999999',
  '../keys-a-1',
])('%s is no such operation', (id) => {
  expect(keyRegeneration(id)).toBeUndefined();
});
