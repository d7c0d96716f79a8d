import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';

import { expect, test } from 'vitest';

import { bundleOf, certificatesIn } from './bundle.ts';

const [ONE = '', TWO = ''] = rootCertificates;
const oneLine = (pem: string): string =>
  pem.replace(/(-----BEGIN CERTIFICATE-----)([^-]+)(-----END)/, (_, begin, body, end) => {
    return `${begin}\n${String(body).replaceAll('\n', '')}\n${end}`;
  });

const printOf = (pem: string): string => new X509Certificate(pem).fingerprint256;
const printsIn = (texts: readonly string[]): string[] => certificatesIn(texts).map(printOf);

test('a bundle has each certificate once, however its lines are broken, in order', () => {
  const texts = [`# ours\n${TWO}`, ONE, oneLine(TWO), `${ONE}\r\n`];
  expect(printsIn(texts)).toEqual([TWO, ONE].map(printOf));
  expect(bundleOf(texts).match(/^-----BEGIN CERTIFICATE-----$/gm)).toHaveLength(2);
});

test('what is no certificate is left out', () => {
  expect(certificatesIn(['', 'words', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'])).toEqual([]);
});

test('every public authority gets through unchanged', () => {
  expect(printsIn(rootCertificates)).toEqual(rootCertificates.map(printOf));
});
