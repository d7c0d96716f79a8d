/** Brings the lines of running changes into their operations' logs, in order, without making a change wait. */
import type { Logger } from '@farled/service';

export interface LogSink {
  appendLog(operationId: string, lines: string[]): Promise<void>;
}

interface Pending {
  lines: string[];
  writing: Promise<void>;
}

export class OperationLogs {
  readonly #sink: LogSink;
  readonly #log: Logger;
  readonly #pending = new Map<string, Pending>();

  constructor(sink: LogSink, log: Logger) {
    this.#sink = sink;
    this.#log = log;
  }

  /** Without an operation, as when a crashed replica is replaced, the line goes to the server's own log. */
  write(operationId: string | null, line: string): void {
    if (operationId === null) {
      this.#log.info({ line }, 'Service changes');
      return;
    }
    const pending = this.#pending.get(operationId) ?? { lines: [], writing: Promise.resolve() };
    this.#pending.set(operationId, pending);
    pending.lines.push(...line.split('\n'));
    if (pending.lines.length === 1 || line.includes('\n')) {
      pending.writing = pending.writing.then(() => this.#writeOut(operationId, pending));
    }
  }

  /** Resolves when everything written so far is in the record. */
  async flush(operationId: string): Promise<void> {
    await this.#pending.get(operationId)?.writing;
  }

  /** Flushes, and keeps nothing more of an operation that ended. */
  async end(operationId: string): Promise<void> {
    await this.flush(operationId);
    this.#pending.delete(operationId);
  }

  async #writeOut(operationId: string, pending: Pending): Promise<void> {
    const lines = pending.lines;
    pending.lines = [];
    if (lines.length === 0) {
      return;
    }
    try {
      await this.#sink.appendLog(operationId, lines);
    } catch (error) {
      this.#log.error({ err: error, operation: operationId }, 'Operation log could not be written');
    }
  }
}
