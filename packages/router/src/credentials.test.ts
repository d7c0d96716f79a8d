import { createHash } from 'node:crypto';

import type { ServiceRoute } from '@farled/contract';
import { ManualClock } from '@farled/service';
import { describe, expect, test } from 'vitest';

import { Credentials } from './credentials.ts';
import { signToken, testSigner } from './testing/sign-token.ts';

const clock = new ManualClock(1_800_000_000_000);
const now = clock.now() / 1000;
const signer = testSigner();
const token = signToken(signer, { iss: 'farled', aud: 'id', iat: now, nbf: now, exp: now + 60 });
const KEY = 'the-primary-key';
const keyDigests = [createHash('sha256').update(KEY).digest('hex')];
const tokens = { issuer: 'farled', audience: 'id', notBefore: 0, keys: [signer.key] };

type Wanted = Partial<Pick<ServiceRoute, 'keyDigests' | 'tokens'>>;
const refusal = (wanted: Wanted, credential?: string) =>
  new Credentials({ name: 'test', keyDigests: null, tokens: null, ...wanted }, clock).refusalOf(
    credential === undefined ? undefined : `Bearer ${credential}`,
  );

describe('a service', () => {
  test.each<[string, Wanted, (string | undefined)[], (string | undefined)[]]>([
    ['that is open', {}, [undefined, KEY, token, 'x'], []],
    ['with keys', { keyDigests }, [KEY], [undefined, token, 'x']],
    ['with tokens', { keyDigests: [], tokens }, [token], [undefined, KEY, 'x']],
    ['that changes over', { keyDigests, tokens }, [KEY, token], [undefined, 'x']],
    ['that a router of before tokens reads', { keyDigests: [] }, [], [undefined, KEY, token, 'x']],
  ])('%s lets in whom it should', (_what, wanted, welcome, refused) => {
    expect(welcome.map((credential) => refusal(wanted, credential))).toEqual(welcome.map(() => null));
    expect(refused.map((credential) => refusal(wanted, credential)).includes(null)).toBe(false);
  });

  test('says what is wrong and what to do, and repeats nothing of what was sent', () => {
    const wanted = { keyDigests: [], tokens };
    expect(refusal(wanted)).toEqual({
      message:
        'The token for service "test" is missing. Send "Authorization: Bearer TOKEN" with a token of the service: `farled service get-access-token -n test` gives a new one.',
      challenge: 'Bearer',
    });
    const sent = [
      KEY,
      signToken(signer, { iss: 'farled', aud: 'id', iat: now, nbf: now, exp: now - 100 }),
      signToken(signer, { iss: 'farled', aud: 'other', iat: now, nbf: now, exp: now + 100 }),
      signToken(testSigner('key-2'), { iss: 'farled', aud: 'id', iat: now, nbf: now, exp: now + 100 }),
      `${token.slice(0, -10)}AAAAAAAAAA`,
    ];
    const said = sent.map((credential) => refusal(wanted, credential));
    expect(said.map((one) => one?.message.split('. ', 1)[0])).toEqual([
      'Service "test" takes tokens, and what was sent is not one',
      'The token for service "test" has expired',
      'The token is not of service "test", or of an earlier one with its name',
      'The token for service "test" is signed with a key that is not, or no longer, in use',
      'The signature of the token for service "test" is not right',
    ]);
    for (const [index, one] of said.entries()) {
      expect(one?.challenge).toBe('Bearer error="invalid_token"');
      expect(sent[index]?.split('.').filter((part) => one?.message.includes(part))).toEqual([]);
    }
  });
});
