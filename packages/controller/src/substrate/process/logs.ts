/** What replicas wrote: one file each, turned over by the runtime into `.1` and `.2`. */
import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

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

  /** The last lines of all replicas together, oldest first. */
  async read(serviceId: string, count: number): Promise<readonly string[]> {
    const folder = join(this.#folder, serviceId);
    const replicas = new Set((await list(folder)).map((name) => name.replace(/\.log(\.\d)?$/, '')));
    const all: { readonly time: string; readonly line: string }[] = [];
    for (const replica of replicas) {
      let time = '';
      for (const line of await this.#readReplica(join(folder, `${replica}.log`), count)) {
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

  async #readReplica(path: string, count: number): Promise<readonly string[]> {
    let lines: readonly string[] = [];
    for (const file of [path, `${path}.1`, `${path}.2`]) {
      if (lines.length < count) {
        lines = [...(await tail(file, count - lines.length)), ...lines];
      }
    }
    return lines;
  }
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** The last lines of a file, read from its end; none when there is no such file. */
async function tail(path: string, count: number): Promise<string[]> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) {
    return [];
  }
  try {
    let position = (await file.stat()).size;
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
