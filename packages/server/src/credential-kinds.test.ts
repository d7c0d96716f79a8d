import { DEFAULT_SETTINGS, mergeSettings } from '@farled/contract';
import type { ServiceRecord } from '@farled/state';
import { describe, expect, test } from 'vitest';

import { requireNoTokenService, requireTokenService } from './credential-kinds.ts';

const KEYS = { authEnabled: true, tokenAuthEnabled: false };
const TOKENS = { authEnabled: false, tokenAuthEnabled: true };
const OPEN = { authEnabled: false, tokenAuthEnabled: false };
type Authentication = typeof KEYS;

const spec = (settings: Authentication) => ({ settings: mergeSettings(DEFAULT_SETTINGS, settings) });
const service = (wanted: Authentication, good: Authentication | null, state = 'Transitioning') =>
  ({
    name: 'svc',
    generation: 2,
    spec: spec(wanted),
    lastGood: good === null ? null : { generation: good === wanted ? 2 : 1, spec: spec(good) },
    status: { state, observedGeneration: 2 },
  }) as unknown as ServiceRecord;

const codeOf = (check: (record: ServiceRecord) => void, record: ServiceRecord): string | null => {
  try {
    check(record);
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('keys and tokens of a service', () => {
  const no = 'AuthenticationKindDiffers';

  test.each([
    ['with keys', service(KEYS, KEYS), null, no],
    ['with tokens', service(TOKENS, TOKENS), no, null],
    ['that is open', service(OPEN, OPEN), null, no],
    ['that will have tokens', service(TOKENS, null), no, null],
    ['that changes from keys to tokens', service(TOKENS, KEYS), null, null],
    ['that changes from tokens to keys', service(KEYS, TOKENS), null, null],
    ['whose change from keys to tokens failed', service(TOKENS, KEYS, 'Failed'), null, no],
    ['whose change from tokens to keys failed', service(KEYS, TOKENS, 'Failed'), no, null],
    ['with tokens that never ran', service(TOKENS, null, 'Failed'), no, null],
  ] as const)('%s', (_what, record, keys, tokens) => {
    expect([codeOf(requireNoTokenService, record), codeOf(requireTokenService, record)]).toEqual([keys, tokens]);
  });

  test('the refusal says what to take instead', () => {
    expect(() => requireNoTokenService(service(TOKENS, TOKENS))).toThrow(
      expect.objectContaining({ suggestion: expect.stringContaining('farled service get-access-token -n svc') }),
    );
    expect(() => requireTokenService(service(KEYS, KEYS))).toThrow(
      expect.objectContaining({ suggestion: expect.stringContaining('farled service get-keys -n svc') }),
    );
  });
});
