/** Why no answer came: what the network or TLS said, in words that help. */
import { opening } from './answer-error.ts';
import type { Call } from './call.ts';
import type { Connection } from './connection.ts';
import { KubernetesError } from './error.ts';

/** How far a request came that got no answer. */
export type Progress =
  /** Nothing was sent. */
  | 'unsent'
  /** It was sent, perhaps in part; whether it was carried out is unknown. */
  | 'lost'
  /** Trying again can't help. */
  | 'hopeless';

const UNSENT: ReadonlySet<string> = new Set([
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const CLOSED: ReadonlySet<string> = new Set(['UND_ERR_CLOSED', 'UND_ERR_DESTROYED']);

export function connectionError(
  call: Call,
  connection: Connection,
  error: unknown,
): { readonly error: KubernetesError; readonly progress: Progress } {
  const code = codeOf(error);
  const host = new URL(connection.server).host;
  const certificate = certificateProblem(code, error, connection);
  if (certificate !== undefined) {
    return {
      error: new KubernetesError('Unreachable', `${opening(call)}: ${host} can't be trusted: ${certificate.what}.`, {
        suggestion: certificate.suggestion,
        cause: error,
      }),
      progress: 'hopeless',
    };
  }
  if (CLOSED.has(code)) {
    return {
      error: new KubernetesError('Unreachable', `${opening(call)}: the client was closed.`, { cause: error }),
      progress: 'hopeless',
    };
  }
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return {
      error: new KubernetesError('NotUnderstood', `${opening(call)}: the answer is larger than this client reads.`, {
        suggestion: 'Narrow the selection by namespace or labels.',
        cause: error,
      }),
      progress: 'hopeless',
    };
  }
  const said = error instanceof Error ? error.message : String(error);
  return {
    error: new KubernetesError(
      'Unreachable',
      `${opening(call)}: ${host} gave no answer: ${said}${said.includes(code) ? '' : ` (${code})`}.`,
      { suggestion: `Check that ${host} is the API server and can be reached from this machine.`, cause: error },
    ),
    progress: UNSENT.has(code) ? 'unsent' : 'lost',
  };
}

export function timeoutError(call: Call, milliseconds: number): KubernetesError {
  return new KubernetesError('TimedOut', `${opening(call)}: no answer within ${milliseconds / 1000} s.`, {
    suggestion: 'The API server is overloaded, or the network on the way to it drops packets.',
  });
}

function codeOf(error: unknown): string {
  const said = error as { readonly code?: unknown; readonly errors?: readonly unknown[] } | null;
  if (typeof said?.code === 'string') {
    return said.code;
  }
  // Happy eyeballs: each address failed in its own way.
  return said?.errors === undefined ? '' : codeOf(said.errors[0]);
}

function certificateProblem(
  code: string,
  error: unknown,
  { certificateAuthority, server, tlsServerName }: Connection,
): { readonly what: string; readonly suggestion: string } | undefined {
  const trusted =
    certificateAuthority === null
      ? 'the certificate authorities of this system'
      : 'the certificate authority of the connection';
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'CERT_SIGNATURE_FAILURE':
    case 'INVALID_CA':
      return {
        what: `its certificate was not issued by ${trusted}`,
        suggestion: `Give the cluster's own certificate authority as certificate-authority-data in the kubeconfig${
          certificateAuthority === null ? '' : '; it may have been renewed since'
        }.`,
      };
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return {
        what: `its certificate ${code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet'}`,
        suggestion: "Renew the API server's certificate, and compare the clocks of both machines.",
      };
    case 'ERR_TLS_CERT_ALTNAME_INVALID': {
      const names = (error as { readonly cert?: { readonly subjectaltname?: string } }).cert?.subjectaltname;
      return {
        what: `its certificate is not for the name ${tlsServerName ?? new URL(server).hostname}${
          names === undefined ? '' : `, but for ${names}`
        }`,
        suggestion: 'Use one of those names in server, or give it as tls-server-name in the kubeconfig.',
      };
    }
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'EPROTO':
      return {
        what: 'it does not speak TLS as this client does',
        suggestion: 'Check that the port in server is the one that serves HTTPS.',
      };
    default:
      return undefined;
  }
}
