/** The same for each, a few at a time, results in order; the first failure stops the rest. */
export async function mapParallel<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  signal: AbortSignal,
  run: (item: Item, signal: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  const stop = new AbortController();
  const combined = AbortSignal.any([signal, stop.signal]);
  const results: Result[] = [];
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) {
      combined.throwIfAborted();
      results[index] = await run(item, combined);
    }
  };
  const lanes = Array.from({ length: Math.min(atOnce, items.length) }, lane);
  try {
    await Promise.all(lanes);
    return results;
  } catch (error) {
    stop.abort(error);
    // Nothing may still be at work for a caller who was told of the failure.
    await Promise.allSettled(lanes);
    signal.throwIfAborted();
    throw error;
  }
}
