/**
 * Work in a process of its own. Packing a layer and bundling a program take hundreds of megabytes for a moment, most of
 * it outside of JavaScript's heap, and a process that has taken them keeps them; another one gives them back by ending.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { type ErrorBody, errorFromWire, errorToWire, FarledError } from '@farled/contract';

type Answer<Result> = { readonly result: Result } | { readonly failed: ErrorBody; readonly message: string };

/** Of the surrounding process only what a program needs to run: the rest may be secret. */
const PASSED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LD_LIBRARY_PATH'] as const;

/**
 * Runs a module that calls {@link answerApart}, and resolves with what it answered.
 *
 * @throws FarledError that the module threw; another error of it becomes an ImageBuildFailed that names `what`. The
 * signal's reason when it aborts: then the process is ended.
 */
export async function runApart<Result>(
  { module, request, what }: { readonly module: URL; readonly request: unknown; readonly what: string },
  signal: AbortSignal,
): Promise<Result> {
  signal.throwIfAborted();
  const child = fork(fileURLToPath(module), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: Object.fromEntries(PASSED.map((name) => [name, process.env[name]])),
  });
  const outcome = Promise.withResolvers<Result>();
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const failed = (why: string, cause?: unknown): void =>
    outcome.reject(
      new FarledError('ImageBuildFailed', `${what}: ${why}.`, {
        suggestion: 'Look at the files that it is made of, and at the room in memory and on disk.',
        ...(cause === undefined ? {} : { cause }),
      }),
    );
  const stop = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  child.on('message', (answer: Answer<Result>) => {
    if ('result' in answer) {
      outcome.resolve(answer.result);
    } else if (answer.failed.code === 'InternalError') {
      failed(answer.message);
    } else {
      outcome.reject(errorFromWire(answer.failed));
    }
  });
  child.on('error', (error) => failed(error.message, error));
  child.on('exit', (code, ending) => failed(`its process ended with ${ending ?? `code ${code}`}`));
  child.send(request as object);
  try {
    return await outcome.promise;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    child.kill('SIGKILL');
    await ended;
  }
}

/** The other side: waits for the request, does the work and says what came of it. */
export function answerApart(work: (request: never) => Promise<unknown>): void {
  process.once('message', (request) => {
    const say = (answer: Answer<unknown>): void => void process.send?.(answer);
    work(request as never).then(
      (result) => say({ result }),
      (error: unknown) =>
        say({ failed: errorToWire(error), message: error instanceof Error ? error.message : String(error) }),
    );
  });
  // Whoever asked is gone: nobody needs the answer.
  process.once('disconnect', () => process.exit());
}

/** Beside this module, as source or built. */
export function moduleBeside(url: string, name: string): URL {
  return new URL(`./${name}${url.endsWith('.ts') ? '.ts' : '.js'}`, url);
}
