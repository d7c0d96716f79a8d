import { expect, test } from 'vitest';

import { SharedWork, type Tell } from './shared-work.ts';

/** Work that goes on until it is told to end, or stopped; what it does at last can be held up. */
function open() {
  const work = new SharedWork<string>();
  const end = Promise.withResolvers<string>();
  const cleanedUp = Promise.withResolvers<void>();
  const runs: { readonly tell: Tell; readonly signal: AbortSignal }[] = [];
  const run = async (tell: Tell, signal: AbortSignal): Promise<string> => {
    runs.push({ tell, signal });
    tell('begun');
    const stopped = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => stopped.reject(signal.reason as Error));
    try {
      return await Promise.race([end.promise, stopped.promise]);
    } catch (error) {
      await cleanedUp.promise;
      throw error;
    }
  };
  const join = (signal = new AbortController().signal) => {
    const lines: string[] = [];
    return { lines, result: work.do('key', { tell: (line) => void lines.push(line), signal }, run) };
  };
  return { join, runs, end, cleanedUp };
}

test('it runs once for all, and a late caller hears the earlier lines', async () => {
  const { join, runs, end } = open();
  const first = join();
  const second = join();
  runs[0]?.tell('more');
  end.resolve('done');
  expect(await Promise.all([first.result, second.result])).toEqual(['done', 'done']);
  expect(runs).toHaveLength(1);
  expect([first.lines, second.lines]).toEqual([
    ['begun', 'more'],
    ['begun', 'more'],
  ]);
});

test('work that is done is begun anew', async () => {
  const { join, runs, end } = open();
  end.resolve('done');
  await join().result;
  await join().result;
  expect(runs).toHaveLength(2);
});

test('one who leaves does not stop it for the others', async () => {
  const { join, runs, end } = open();
  const leaving = new AbortController();
  const gone = join(leaving.signal);
  const staying = join();
  leaving.abort(new Error('gone'));
  await expect(gone.result).rejects.toThrow('gone');
  expect(runs[0]?.signal.aborted).toBe(false);
  end.resolve('done');
  expect(await staying.result).toBe('done');
});

test('the last one who leaves stops it, and waits until it has cleaned up', async () => {
  const { join, runs, cleanedUp } = open();
  const leaving = new AbortController();
  let left = false;
  const result = join(leaving.signal).result.finally(() => {
    left = true;
  });
  leaving.abort(new Error('gone'));
  await new Promise((resolve) => setImmediate(resolve));
  expect([runs[0]?.signal.aborted, left]).toEqual([true, false]);
  cleanedUp.resolve();
  await expect(result).rejects.toThrow('gone');
});

test('all who leave by one signal stop it', async () => {
  const { join, runs, cleanedUp } = open();
  const leaving = new AbortController();
  const results = [join(leaving.signal).result, join(leaving.signal).result];
  cleanedUp.resolve();
  leaving.abort(new Error('gone'));
  expect((await Promise.allSettled(results)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(runs[0]?.signal.aborted).toBe(true);
});

test('one who leaves on hearing the first line stops it', async () => {
  const { runs, cleanedUp } = open();
  const work = new SharedWork<string>();
  const leaving = new AbortController();
  const result = work.do(
    'key',
    { tell: () => leaving.abort(new Error('heard enough')), signal: leaving.signal },
    (tell, signal) => {
      runs.push({ tell, signal });
      tell('begun');
      return Promise.race([
        cleanedUp.promise.then(() => ''),
        new Promise<string>((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
      ]);
    },
  );
  await expect(result).rejects.toThrow('heard enough');
  expect(runs[0]?.signal.aborted).toBe(true);
});

test('who comes while stopped work cleans up gets work of its own', async () => {
  const { join, runs, end, cleanedUp } = open();
  const leaving = new AbortController();
  const gone = join(leaving.signal);
  leaving.abort(new Error('gone'));
  const next = join();
  cleanedUp.resolve();
  await expect(gone.result).rejects.toThrow('gone');
  end.resolve('done');
  expect(await next.result).toBe('done');
  expect(runs).toHaveLength(2);
});
