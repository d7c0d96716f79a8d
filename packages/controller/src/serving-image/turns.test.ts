import { expect, test } from 'vitest';

import { Turns } from './turns.ts';

const signal = new AbortController().signal;
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function come(turns: Turns, name: string, inside: string[], leaving = signal): Promise<Disposable> {
  const turn = turns.take(leaving);
  void turn.then(
    () => inside.push(name),
    () => inside.push(`${name} left`),
  );
  return turn;
}

test('so many have a turn at a time, and who came first is next', async () => {
  const turns = new Turns(2);
  const order: string[] = [];
  const [first] = [come(turns, 'a', order), come(turns, 'b', order), come(turns, 'c', order), come(turns, 'd', order)];
  await settle();
  expect(order).toEqual(['a', 'b']);
  (await first)[Symbol.dispose]();
  await settle();
  expect(order).toEqual(['a', 'b', 'c']);
});

test('who leaves while waiting takes no turn from the others', async () => {
  const turns = new Turns(1);
  const order: string[] = [];
  const leaving = new AbortController();
  const first = come(turns, 'a', order);
  void come(turns, 'b', order, leaving.signal);
  void come(turns, 'c', order);
  leaving.abort(new Error('enough'));
  (await first)[Symbol.dispose]();
  await settle();
  expect(order).toEqual(['a', 'b left', 'c']);
  await expect(turns.take(AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
});

test('a turn that nobody waits for is there for the next who comes', async () => {
  const turns = new Turns(1);
  (await turns.take(signal))[Symbol.dispose]();
  await expect(turns.take(signal)).resolves.toBeDefined();
});
