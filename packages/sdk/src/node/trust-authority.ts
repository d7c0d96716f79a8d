/** Trusts the authority of a certificate of one's own, as scoring over TLS needs it. */
import { X509Certificate } from 'node:crypto';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

import { FarledError } from '@farled/contract';

import { readDocument } from './read-file.ts';

/**
 * From now on this process trusts what the authority signed, beside what it trusted before.
 *
 * @param path of a file with certificates in PEM.
 * @throws FarledError BadArgument when there is none in it.
 */
export async function trustAuthority(path: string): Promise<void> {
  const text = await readDocument(path, "The authority's certificate");
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0 || !certificates.every(isCertificate)) {
    throw new FarledError('BadArgument', `${path} has no certificate in PEM.`, {
      suggestion: 'Give the file of the authority that signed the certificate of the services.',
    });
  }
  setDefaultCACertificates([...new Set([...getCACertificates('default'), ...certificates])]);
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0;
  } catch {
    return false;
  }
}
