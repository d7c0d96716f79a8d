import fc from 'fast-check';
import { expect, test } from 'vitest';

import { apiHost, formatReference, parseReference } from './reference.ts';

const digest = `sha256:${'0a'.repeat(32)}`;

test.each([
  ['debian', { host: 'docker.io', repository: 'library/debian', tag: null, digest: null }],
  ['debian:12-slim', { host: 'docker.io', repository: 'library/debian', tag: '12-slim', digest: null }],
  ['index.docker.io/debian', { host: 'docker.io', repository: 'library/debian', tag: null, digest: null }],
  ['someone/tool:1', { host: 'docker.io', repository: 'someone/tool', tag: '1', digest: null }],
  ['localhost/a', { host: 'localhost', repository: 'a', tag: null, digest: null }],
  ['127.0.0.1:5000/a/b:c', { host: '127.0.0.1:5000', repository: 'a/b', tag: 'c', digest: null }],
  ['[::1]:5000/a', { host: '[::1]:5000', repository: 'a', tag: null, digest: null }],
  [`ghcr.io/o/i:t@${digest}`, { host: 'ghcr.io', repository: 'o/i', tag: 't', digest }],
  [`mcr.microsoft.com/azureml/x@${digest}`, { host: 'mcr.microsoft.com', repository: 'azureml/x', tag: null, digest }],
])('%s is read', (text, expected) => {
  expect(parseReference(text)).toEqual(expected);
});

test.each([
  ['', /the part ""/],
  ['Debian', /the part "Debian" may have lower-case/],
  ['a//b', /the part ""/],
  ['a:', /the tag ""/],
  ['a:b c', /the tag "b c"/],
  ['a@sha256:12', /sha256: and 64/],
  [`a@${digest}@${digest}`, /sha256: and 64/],
  ['host.name:port/a', /host "host.name:port"/],
  ['-x.com/a', /host "-x.com"/],
  ['a/../b', /the part ".."/],
  [`a/${'b'.repeat(256)}`, /longer than 255/],
])('%j is refused, and says why', (text, why) => {
  expect(() => parseReference(text)).toThrow(why);
});

test('Docker Hub answers under another name than people write', () => {
  expect(apiHost('docker.io')).toBe('registry-1.docker.io');
  expect(apiHost('ghcr.io')).toBe('ghcr.io');
});

const part = fc.stringMatching(/^[a-z0-9]{1,8}([._-][a-z0-9]{1,8})?$/);
const reference = fc.record({
  host: fc.constantFrom('docker.io', 'localhost', 'registry.example.com:5000', '127.0.0.1:1', '[::1]:80'),
  repository: fc.array(part, { minLength: 2, maxLength: 4 }).map((parts) => parts.join('/')),
  tag: fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/)),
  digest: fc.option(fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}`)),
});

test('what is written is read back', () => {
  fc.assert(
    fc.property(reference, (value) => {
      expect(parseReference(formatReference(value))).toEqual(value);
    }),
  );
});

test('any text is read or refused as a bad argument', () => {
  const lookalike = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '0', '.', ':', '/', '@', '-', '_', '[', ']') });
  fc.assert(
    fc.property(fc.oneof(fc.string(), lookalike), (text) => {
      try {
        const parsed = parseReference(text);
        expect(parseReference(formatReference(parsed))).toEqual(parsed);
      } catch (error) {
        expect(error).toMatchObject({ code: 'BadArgument' });
      }
    }),
  );
});
