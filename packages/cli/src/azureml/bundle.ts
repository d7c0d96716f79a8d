/** Certificates of authorities, as the one file that REQUESTS_CA_BUNDLE names. Pure. */

const CERTIFICATE = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g;

/** The certificates in texts, each once, in their order, in one form. */
export function certificatesIn(texts: readonly string[]): readonly string[] {
  const bodies = texts.flatMap((text) =>
    [...text.matchAll(CERTIFICATE)].map(([, body = '']) => body.replaceAll(/\s/g, '')),
  );
  return [...new Set(bodies)].map(
    (body) => `-----BEGIN CERTIFICATE-----\n${body.replaceAll(/.{64}(?!$)/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  );
}

/** REQUESTS_CA_BUNDLE replaces the client's own list, so the public ones have to be in it as well. */
export function bundleOf(texts: readonly string[]): string {
  return certificatesIn(texts).join('');
}
