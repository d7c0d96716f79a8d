/** What replicas wrote: one file each, turned over by the runtime into `.1` and `.2`. */
import { open, readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import type { Clock } from '@farled/service';

import { followSources, joined } from '../../logs/follow.ts';
import { endOf, type FilePlace, FileTail } from './file-tail.ts';

/** Logs of replicas that are gone are kept for this many of a service. */
const KEPT_REPLICAS = 20;
const CHUNK_BYTES = 64 * 1024;
/** An ISO 8601 time, which every line of the runtime starts with. */
const TIME = /^\d{4}-\d{2}-\d{2}T[\d:.]{12}Z /;

export class ServiceLogs {
  readonly #folder: string;

  constructor(logsFolder: string) {
    this.#folder = logsFolder;
  }

  fileOf(serviceId: string, replicaId: string): string {
    return join(this.#folder, serviceId, `${replicaId}.log`);
  }

  /** The last lines, and then those that are written: of these replicas and of those to come. */
  async follow(serviceId: string, count: number, clock: Clock, signal: AbortSignal): Promise<AsyncIterable<string>> {
    const folder = join(this.#folder, serviceId);
    const names = async (): Promise<readonly string[]> => (await list(folder)).filter((name) => name.endsWith('.log'));
    const places = new Map<string, FilePlace>();
    for (const name of await names()) {
      const place = await endOf(join(folder, name));
      if (place !== undefined) {
        places.set(name, place);
      }
    }
    const lastLines = await this.read(serviceId, count, (path) => places.get(basename(path))?.position);
    const tails = new Map([...places].map(([name, place]) => [name, new FileTail(join(folder, name), place)]));
    const look = async () =>
      (await names()).map((key) => {
        const known = tails.get(key) ?? new FileTail(join(folder, key));
        tails.set(key, known);
        return { key, read: (until: AbortSignal) => known.read(until) };
      });
    return joined(lastLines, followSources(look, clock, signal));
  }

  /** The last lines of all replicas together, oldest first; of a file with an end, those before it. */
  async read(
    serviceId: string,
    count: number,
    endAt: (path: string) => number | undefined = () => undefined,
  ): Promise<readonly string[]> {
    const folder = join(this.#folder, serviceId);
    const replicas = new Set((await list(folder)).map((name) => name.replace(/\.log(\.\d)?$/, '')));
    const all: { readonly time: string; readonly line: string }[] = [];
    for (const replica of replicas) {
      let time = '';
      for (const line of await this.#readReplica(join(folder, `${replica}.log`), count, endAt)) {
        time = TIME.exec(line)?.[0] ?? time;
        all.push({ time, line });
      }
    }
    return all
      .toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
      .slice(-count)
      .map(({ line }) => line);
  }

  async remove(serviceId: string): Promise<void> {
    await rm(join(this.#folder, serviceId), { recursive: true, force: true });
  }

  /** Removes the oldest logs of a service that had many replicas. */
  async trim(serviceId: string): Promise<void> {
    const folder = join(this.#folder, serviceId);
    const files = (await list(folder)).filter((name) => name.endsWith('.log'));
    const aged = await Promise.all(
      files.map(async (name) => ({ name, at: (await stat(join(folder, name)).catch(() => ({ mtimeMs: 0 }))).mtimeMs })),
    );
    for (const { name } of aged.toSorted((a, b) => b.at - a.at).slice(KEPT_REPLICAS)) {
      for (const suffix of ['', '.1', '.2']) {
        await rm(join(folder, name + suffix), { force: true });
      }
    }
  }

  async #readReplica(
    path: string,
    count: number,
    endAt: (path: string) => number | undefined,
  ): Promise<readonly string[]> {
    let lines: readonly string[] = [];
    for (const file of [path, `${path}.1`, `${path}.2`]) {
      if (lines.length < count) {
        lines = [...(await tail(file, count - lines.length, endAt(file))), ...lines];
      }
    }
    return lines;
  }
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** The last lines of a file, read from its end; none when there is no such file. */
async function tail(path: string, count: number, end?: number): Promise<string[]> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) {
    return [];
  }
  try {
    let position = end ?? (await file.stat()).size;
    const chunks: Buffer[] = [];
    let newlines = 0;
    while (position > 0 && newlines <= count) {
      const length = Math.min(CHUNK_BYTES, position);
      position -= length;
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, position);
      newlines += buffer.toString('latin1').split('\n').length - 1;
      chunks.unshift(buffer);
    }
    const lines = Buffer.concat(chunks).toString('utf8').split('\n');
    if (lines.at(-1) === '') {
      lines.pop();
    }
    return lines.slice(-count);
  } finally {
    await file.close();
  }
}
