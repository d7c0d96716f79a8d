/** A certificate and its key as servers use them, and what makes a pair unusable. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';

/** PEM: the certificate with those that lead to its authority, and its key. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface Certificate {
  readonly pair: Pair;
  readonly context: SecureContext;
  /** Names of DNS that it is for, in small letters; those that begin with `*.` are for all with one part more. */
  readonly names: readonly string[];
  /** Milliseconds since the epoch, both. */
  readonly validFrom: number;
  readonly validTo: number;
  /** In the log, a certificate is known by it. */
  readonly fingerprint: string;
}

/**
 * Mozilla's «intermediate» recommendation: TLS 1.2 and 1.3, forward secrecy, authenticated encryption. Every client of
 * the last ten years speaks it.
 */
export const TLS_OPTIONS = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
  ].join(':'),
} as const;

/** @throws Error that says what is wrong with the pair; never with anything of the key in it. */
export function readCertificate(pair: Pair): Certificate {
  const leaf = certificateOf(pair.cert);
  if (!leaf.checkPrivateKey(keyOf(pair.key))) {
    throw new Error('the key is not the one of the certificate');
  }
  return {
    pair,
    context: createSecureContext({ ...TLS_OPTIONS, cert: pair.cert, key: pair.key }),
    names: dnsNames(leaf.subjectAltName),
    validFrom: leaf.validFromDate.getTime(),
    validTo: leaf.validToDate.getTime(),
    fingerprint: leaf.fingerprint256,
  };
}

/** Why it should not take the place of one that works; null when nothing speaks against it. */
export function whyUnusable({ validFrom, validTo }: Certificate, now: number): string | null {
  if (now >= validTo) {
    return `the certificate ended on ${new Date(validTo).toISOString()}`;
  }
  return now < validFrom ? `the certificate is not valid before ${new Date(validFrom).toISOString()}` : null;
}

/** The certificate for a name that a client asks for: one that has it, one for its domain, else the first. */
export function choose(certificates: readonly Certificate[], name: string): Certificate | undefined {
  const asked = name.toLowerCase();
  const wildcard = asked.replace(/^[^.]+\./, '*.');
  const having = (wanted: string): Certificate | undefined => certificates.find(({ names }) => names.includes(wanted));
  return having(asked) ?? having(wildcard) ?? certificates[0];
}

/** As Node writes them: `DNS:a.example, IP Address:10.0.0.1`; names that could be misread are quoted, and left out. */
function dnsNames(subjectAltName: string | undefined): string[] {
  return [...(subjectAltName ?? '').matchAll(/(?:^|, )DNS:([\w.*-]+)(?=,|$)/g)].map(([, name = '']) =>
    name.toLowerCase(),
  );
}

function certificateOf(cert: string): X509Certificate {
  try {
    return new X509Certificate(cert);
  } catch {
    throw new Error('the file of the certificate has none in PEM');
  }
}

function keyOf(key: string): KeyObject {
  if (/ENCRYPTED/.test(key)) {
    throw new Error('the key has a pass phrase, which is to be taken off: openssl pkey -in key.pem -out plain.pem');
  }
  try {
    return createPrivateKey(key);
  } catch {
    // What the library says could quote from the key.
    throw new Error('the file of the key has none in PEM');
  }
}
