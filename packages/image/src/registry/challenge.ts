/** What a registry asks for with 401: RFC 9110, section 11.6.1. */

export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The challenges of one or several `WWW-Authenticate` fields. Text that is none is passed over. */
export function parseChallenges(header: string | readonly string[] | undefined): Challenge[] {
  const text = Array.isArray(header) ? header.join(', ') : ((header as string | undefined) ?? '');
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  // Either `name = value`, the value quoted or not, or a scheme.
  const token = /([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/g;
  for (const [, name = '', quoted, plain] of text.matchAll(token)) {
    const value = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain;
    const current = challenges.at(-1);
    if (value === undefined) {
      challenges.push({ scheme: name.toLowerCase(), parameters: {} });
    } else if (current !== undefined) {
      current.parameters[name.toLowerCase()] = value;
    }
  }
  return challenges;
}
