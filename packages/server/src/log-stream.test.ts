import { ManualClock } from '@farled/service';
import type { ServiceRecord } from '@farled/state';
import { expect, test } from 'vitest';

import { streamLogs } from './log-stream.ts';

const SERVICE = { id: 'svc' } as ServiceRecord;

function start(signal = new AbortController().signal) {
  const clock = new ManualClock();
  const record = { present: true };
  let until: AbortSignal | undefined;
  const state = { services: { byId: () => Promise.resolve(record.present ? SERVICE : undefined) } };
  const followServiceLogs = (_service: ServiceRecord, _lines: number, ended: AbortSignal) => {
    until = ended;
    return Promise.resolve(quiet(ended));
  };
  const stream = streamLogs({ state: state as never, clock, followServiceLogs }, SERVICE, 10, signal);
  const text = async (): Promise<string | undefined> => {
    const { value } = (await (await stream)[Symbol.asyncIterator]().next()) as { value?: Uint8Array };
    return value === undefined ? undefined : Buffer.from(value).toString();
  };
  return { clock, record, text, ended: () => until?.aborted };
}

/** One line, and then nothing. */
async function* quiet(signal: AbortSignal): AsyncGenerator<string, void, void> {
  yield 'a "line"';
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

test('a log in which nothing is written shows that it is there, and ends with its service', async () => {
  const { clock, record, text, ended } = start();
  expect(await text()).toBe('"a \\"line\\""\n');
  const sign = text();
  await clock.advance(15_000);
  expect(await sign).toBe('\n');
  record.present = false;
  const end = text();
  await clock.advance(15_000);
  expect([await end, ended()]).toEqual([undefined, true]);
});

test('nothing is read on for a reader who has gone', async () => {
  const gone = new AbortController();
  const { text, ended } = start(gone.signal);
  await text();
  const waiting = text();
  gone.abort();
  expect([await waiting, ended()]).toEqual([undefined, true]);
});
