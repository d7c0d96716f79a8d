import { expect, test } from 'vitest';

import { startReplica } from './testing/start-replica.ts';
import { until } from './testing/until.ts';

/** Each waits until three are in it. */
const TOGETHER = `
import asyncio, os
async def init():
    global together
    together = asyncio.Event()
inside = 0
async def run(raw):
    global inside
    inside += 1
    if inside == 3: together.set()
    await together.wait()
    return [os.getpid(), raw]
`;

test('an asynchronous run() has as many requests at a time as a replica takes, in one process', async () => {
  await using replica = await startReplica({ script: TOGETHER, variables: { FARLED_MAX_CONCURRENT_REQUESTS: '3' } });
  const answers = await Promise.all(['a', 'b', 'c'].map((body) => replica.score(body)));
  const [first, ...others] = answers.map(({ text }) => JSON.parse(text) as [number, string]);
  expect([first?.[1], ...others.map(([, body]) => body)]).toEqual(['a', 'b', 'c']);
  expect(others.every(([pid]) => pid === first?.[0])).toBe(true);
});

test('a loop that init() began something in is that of run()', async () => {
  const script = `
import asyncio
async def tick():
    global ticks
    ticks = 0
    while True:
        ticks += 1
        await asyncio.sleep(0)
async def init():
    global task
    task = asyncio.ensure_future(tick())
async def run(raw):
    before = ticks
    await asyncio.sleep(0.01)
    return ticks > before
`;
  await using replica = await startReplica({ script });
  expect((await replica.score('')).text).toBe('true');
});

test('init() may be asynchronous alone, and an ordinary run() return what is to be awaited', async () => {
  const script = `
import asyncio
async def init():
    global value
    await asyncio.sleep(0)
    value = 7
async def later(raw): return [value, raw]
def run(raw): return later(raw)
`;
  await using replica = await startReplica({ script });
  expect((await replica.score('x')).text).toBe('[7, "x"]');
});

const MANNERS = `
import asyncio, time
def init(): pass
async def run(raw):
    if raw == 'raise': raise ValueError('no')
    if raw == 'sleep': await asyncio.sleep(60)
    if raw == 'block': time.sleep(60)
    if raw == 'note':
        try: await asyncio.sleep(60)
        finally: open('stopped', 'w').close()
    return raw
`;

test('one that raises disturbs no other', async () => {
  await using replica = await startReplica({ script: MANNERS, variables: { FARLED_MAX_CONCURRENT_REQUESTS: '4' } });
  const answers = await Promise.all(['raise', 'fine', 'raise', 'well'].map((body) => replica.score(body)));
  expect(answers.map(({ status }) => status)).toEqual([500, 200, 500, 200]);
});

test('one that takes too long is stopped, and its process lives on', async () => {
  await using replica = await startReplica({
    script: MANNERS,
    variables: { SCORING_TIMEOUT_MS: '200', FARLED_MAX_CONCURRENT_REQUESTS: '2' },
  });
  const [before] = (await replica.report()).workers;
  const { status, text } = await replica.score('sleep');
  expect([status, text]).toEqual([500, '{"message": "Scoring timeout after 200 ms"}']);
  expect((await replica.report()).workers[0]?.pid).toBe(before?.pid);
});

test('one that blocks the loop is killed with its process', async () => {
  await using replica = await startReplica({
    script: MANNERS,
    variables: { SCORING_TIMEOUT_MS: '200', FARLED_MAX_CONCURRENT_REQUESTS: '2' },
  });
  expect((await replica.score('block')).text).toContain('Scoring timeout');
  expect((await replica.score('next')).text).toBe('"next"');
  expect((await replica.report()).replaced.timedOut).toBe(1);
});

test('one whose client leaves is stopped', async () => {
  await using replica = await startReplica({ script: MANNERS });
  await expect(
    replica.call('/score', { method: 'POST', body: 'note', signal: AbortSignal.timeout(100) }),
  ).rejects.toThrow();
  await until(() => replica.has('stopped'));
  expect((await replica.score('next')).text).toBe('"next"');
});

test.each([
  ['bytes that are no frame', `b'\\xff' * 40`],
  ['a frame that would be 4 GB long', `b'\\x00' + b'\\xff' * 16`],
  ['an answer that was not asked for', `b'\\x00' + b'\\x7f' * 4 + b'\\x00' * 12`],
  ['a start that is no JSON', `b'\\x0a' + b'\\x00' * 11 + b'\\x00\\x00\\x00\\x00\\x01x'`],
])('a script that writes %s to the worker’s connection is killed, not believed', async (_, bytes) => {
  const script = `
import os
def init(): pass
def run(raw):
    if raw == 'write': os.write(3, ${bytes})
    return raw
`;
  await using replica = await startReplica({ script });
  expect((await replica.score('write')).status).toBe(500);
  expect(await replica.score('next')).toMatchObject({ status: 200, text: '"next"' });
  expect(await replica.log()).toContain('on file descriptor 3');
});
