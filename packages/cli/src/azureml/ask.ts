/** One request to the server for azureml-core, with its authority trusted and its name found as clients find it. */
import { lookup as systemLookup } from 'node:dns';
import { request } from 'node:https';
import type { LookupFunction } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { rootCertificates } from 'node:tls';

import type { Place } from './place.ts';

export interface Question {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

const LOOPBACK = '127.0.0.1';
const LONGEST_MS = 10_000;

/** @throws Error of Node, with its code, when nothing answers or the certificate is not the server's. */
export async function ask(
  { authority, own }: Pick<Place, 'authority' | 'own'>,
  url: string,
  question: Question,
): Promise<Reply> {
  const signal = AbortSignal.any([question.signal, AbortSignal.timeout(LONGEST_MS)]);
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: question.method ?? 'GET',
        headers: { ...question.headers, connection: 'close' },
        ca: authority === null ? [...rootCertificates] : [authority],
        lookup: nameLookup(own),
        agent: false,
        signal,
      },
      (answer) => {
        readText(answer).then(
          (body) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }),
          reject,
        );
      },
    );
    sent.on('error', (error) => reject(signal.aborted ? signal.reason : error));
    sent.end(question.body);
  });
}

/** Names below .localhost are this machine (RFC 6761), which not every resolver knows; so is what our own server is called. */
function nameLookup(own: boolean): LookupFunction {
  return (name, options, found) => {
    const here = (): void => {
      if (options.all === true) {
        found(null, [{ address: LOOPBACK, family: 4 }]);
      } else {
        found(null, LOOPBACK, 4);
      }
    };
    if (name.toLowerCase().endsWith('.localhost')) {
      here();
      return;
    }
    systemLookup(name, options, (error, address, family) => {
      if (error !== null && own) {
        here();
      } else {
        found(error, address, family);
      }
    });
  };
}
