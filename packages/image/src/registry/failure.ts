/** What went wrong with a registry, in words: which host and repository, what it said, what to do. */
import { FarledError } from '@farled/contract';
import { z } from 'zod';

export interface Attempted {
  /** As in «could not be …». */
  readonly what: string;
  readonly host: string;
  readonly repository: string;
  /** Whether credentials were given. */
  readonly known: boolean;
  readonly access?: 'pull' | 'push';
  /** What 404 means, where it means something. */
  readonly missing?: 'ImageNotFound' | undefined;
}

const Said = z.object({
  errors: z
    .array(z.object({ code: z.string().default(''), message: z.string().default(''), detail: z.unknown().optional() }))
    .min(1),
});

/** The body of an answer as its writer meant it: `CODE: message`, or the beginning of its text. */
function whatRegistrySaid(body: string): { readonly codes: readonly string[]; readonly text: string } {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { codes: [], text: body.trim().slice(0, 200) };
  }
  const parsed = Said.safeParse(value);
  if (!parsed.success) {
    return { codes: [], text: body.trim().slice(0, 200) };
  }
  const { errors } = parsed.data;
  return {
    codes: errors.map(({ code }) => code),
    text: errors.map(({ code, message }) => [code, message].filter(Boolean).join(': ')).join('; '),
  };
}

/** An answer that is not the one that was asked for. */
export class RegistryRefusal extends FarledError {
  readonly status: number;
  readonly registryCodes: readonly string[];

  constructor(attempted: Attempted, status: number, body: string) {
    const { codes, text } = whatRegistrySaid(body);
    const { host, repository, what } = attempted;
    const said = text === '' ? '' : `, and says «${text}»`;
    super(
      status === 404 ? (attempted.missing ?? 'RegistryUnavailable') : 'RegistryUnavailable',
      `${host}/${repository}: ${what} failed: the registry answers ${status}${said}.`,
      suggestionFor(attempted, status),
    );
    this.status = status;
    this.registryCodes = codes;
  }
}

function suggestionFor({ host, repository, known, access }: Attempted, status: number): { suggestion?: string } {
  switch (status) {
    case 401:
    case 403:
      return {
        suggestion: known
          ? `Check the user name and password for ${host}, and what that user may do with ${repository}.`
          : `Give a user name and password for ${host}: no credentials for it are known here.`,
      };
    case 404:
      if (access === 'push') {
        return { suggestion: `Create the repository ${repository} in ${host}, if ${host} does not do that by itself.` };
      }
      return {
        suggestion: `Check the name and the tag${known ? '' : ', and whether credentials are needed to see it'}.`,
      };
    case 429:
      return { suggestion: `${host} limits how much may be asked of it. Try again later, or with credentials.` };
    default:
      return status >= 500 ? { suggestion: `Look at the log of ${host}, or try again.` } : {};
  }
}

/** No answer at all. */
export function unreachable({ host, repository, what }: Attempted, cause: unknown): FarledError {
  return new FarledError(
    'RegistryUnavailable',
    `${host}/${repository}: ${what} failed: the registry can't be reached: ${describeCause(cause)}.`,
    {
      suggestion: isCertificateFault(cause)
        ? `Give the certificate of the authority that signed the one of ${host}.`
        : `Check the name ${host}, and that this machine may connect to it.`,
      cause,
    },
  );
}

/** Codes of Node and OpenSSL for certificates that aren't trusted. */
export function isCertificateFault(cause: unknown): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ALTNAME/.test(codeOf(cause));
}

export function codeOf(cause: unknown): string {
  const code = (cause as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

function describeCause(cause: unknown): string {
  const code = codeOf(cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  return (message.includes(code) ? message : `${code} ${message}`).trim().slice(0, 300);
}
