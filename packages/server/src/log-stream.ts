/** Lines of a service's replicas for as long as somebody reads them and there is a service. */
import type { ServiceRecord } from '@farled/state';

import type { AppParts } from './parts.ts';

/** Well within what a connection may be idle, here and in whatever is between. */
const SIGN_OF_LIFE_MS = 15_000;
const NEWLINE = Buffer.from('\n');

/** @throws FarledError for what can't be read from the start. */
export async function streamLogs(
  { state, clock, followServiceLogs }: Pick<AppParts, 'state' | 'clock' | 'followServiceLogs'>,
  service: ServiceRecord,
  lines: number,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  const written = await followServiceLogs(service, lines, either);
  return encoded(written[Symbol.asyncIterator](), {
    pause: () => clock.sleep(SIGN_OF_LIFE_MS, either),
    goesOn: async () => !either.aborted && (await state.services.byId(service.id)) !== undefined,
    end: () => ended.abort(),
  });
}

interface Life {
  readonly pause: () => Promise<void>;
  readonly goesOn: () => Promise<boolean>;
  readonly end: () => void;
}

async function* encoded(lines: AsyncIterator<string, void>, { pause, goesOn, end }: Life): AsyncGenerator<Uint8Array> {
  try {
    let next = lines.next();
    let sign = silence(pause);
    for (;;) {
      const came = await Promise.race([next, sign]);
      if (came === SILENCE) {
        if (!(await goesOn())) {
          return;
        }
        yield NEWLINE;
        sign = silence(pause);
      } else if (came.done === true) {
        return;
      } else {
        yield Buffer.from(`${JSON.stringify(came.value)}\n`);
        next = lines.next();
      }
    }
  } finally {
    end();
  }
}

const SILENCE = Symbol('silence');

/** Ends early when the reader has gone. */
async function silence(pause: () => Promise<void>): Promise<typeof SILENCE> {
  await pause().catch(() => {});
  return SILENCE;
}
