/** A promise that is given up at once when a signal aborts, whatever becomes of the work behind it. */
export function abortable<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) {
      onAbort();
    } else {
      signal.addEventListener('abort', onAbort, { once: true });
    }
    const settle = (): void => signal.removeEventListener('abort', onAbort);
    work.then(resolve, reject).then(settle, settle);
  });
}
