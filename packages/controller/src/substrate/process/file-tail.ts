/** What is written to a file that is turned over, from some point on. */
import { type FileHandle, open, stat } from 'node:fs/promises';

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** A place between two lines. */
export interface FilePlace {
  /** Of the file that was there then: turned over, it has another name. */
  readonly inode: number;
  readonly position: number;
}

/** Its end by now; undefined when there is no such file. */
export async function endOf(path: string): Promise<FilePlace | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? undefined : { inode: found.ino, position: found.size };
}

export class FileTail {
  readonly #path: string;
  #place: FilePlace | undefined;

  /** From the file's beginning without a place. */
  constructor(path: string, place?: FilePlace) {
    this.#path = path;
    this.#place = place;
  }

  /** Complete lines that were not read yet, up to the file's end by now. */
  async *read(signal: AbortSignal): AsyncGenerator<string, void, void> {
    const before = this.#place;
    await using file = await openIfThere(this.#path);
    if (file === undefined) {
      return;
    }
    const { ino } = await file.stat();
    if (before !== undefined && before.inode !== ino) {
      await using former = await openIfThere(`${this.#path}.1`);
      if (former !== undefined && (await former.stat()).ino === before.inode) {
        yield* this.#readFrom(former, before, signal);
      }
    }
    yield* this.#readFrom(file, { inode: ino, position: before?.inode === ino ? before.position : 0 }, signal);
  }

  async *#readFrom(file: FileHandle, { inode, position }: FilePlace, signal: AbortSignal): AsyncGenerator<string> {
    let rest = Buffer.alloc(0);
    let at = position;
    this.#place = { inode, position };
    while (!signal.aborted) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, at + rest.length);
      if (bytesRead === 0) {
        return;
      }
      rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const end = rest.lastIndexOf(NEWLINE);
      if (end === -1) {
        continue;
      }
      const lines = rest.toString('utf8', 0, end).split('\n');
      at += end + 1;
      rest = rest.subarray(end + 1);
      this.#place = { inode, position: at };
      yield* lines;
    }
  }
}

function openIfThere(path: string): Promise<FileHandle | undefined> {
  return open(path).catch(() => undefined);
}
