/** One upload that a registry keeps the state of. */
import { FarledError } from '@farled/contract';

import type { BlobName } from './blobs.ts';
import type { Answer, Connections } from './connection.ts';
import { RegistryRefusal } from './failure.ts';
import type { Repository } from './reference.ts';
import { isPassingFault } from './retry.ts';

export interface UploadSessionParts {
  readonly connections: Connections;
  readonly to: Repository;
  readonly upload: BlobName & { readonly read: (start: number) => AsyncIterable<Uint8Array> };
  /** How much is sent in one request, at most. */
  readonly partBytes: number;
  readonly signal: AbortSignal;
  /** Told of all bytes that go out. */
  readonly sent: (bytes: number) => void;
}

/** Up to this size in one request, without a session in between. */
const SINGLE_REQUEST_BYTES = 1024 * 1024;

/** The registry knows it by an address, which changes with each part. */
export class UploadSession {
  /** Whether it went on after a break. */
  resumed = false;
  readonly #parts: UploadSessionParts;
  #location: URL;

  constructor(parts: UploadSessionParts, location: URL) {
    this.#parts = parts;
    this.#location = location;
  }

  async all(): Promise<void> {
    const { size } = this.#parts.upload;
    if (size <= SINGLE_REQUEST_BYTES) {
      await this.#finish(0);
      return;
    }
    let at = 0;
    let withoutProgress = 0;
    while (at < size) {
      const before = at;
      try {
        at = await this.#sendFrom(at);
      } catch (error) {
        if (!isPassingFault(error)) {
          throw error;
        }
        const kept = await this.#status(error);
        this.resumed = true;
        this.#parts.connections.log.warn(
          { err: error, registry: this.#parts.to.host, repository: this.#parts.to.repository, at: kept, size },
          'Upload goes on after a break',
        );
        at = kept;
      }
      withoutProgress = at > before ? 0 : withoutProgress + 1;
      if (withoutProgress > 2) {
        throw new FarledError(
          'RegistryUnavailable',
          `${this.#parts.to.host}/${this.#parts.to.repository}: the registry takes no more than ${at} of ${size} bytes of a layer.`,
          { suggestion: `Look at the log of ${this.#parts.to.host}, and at the room on its disk.` },
        );
      }
    }
    await this.#finish(size);
  }

  /** Sends the rest, or the next part of it; answers up to where the registry has it. */
  async #sendFrom(start: number): Promise<number> {
    const { size, digest } = this.#parts.upload;
    const end = Math.min(size, start + this.#parts.partBytes);
    const answer = await this.#parts.connections.send({
      method: 'PATCH',
      to: this.#parts.to,
      path: this.#location,
      what: `pushing the layer ${digest}`,
      access: 'push',
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(end - start),
        ...(start === 0 && end === size ? {} : { 'content-range': `${start}-${end - 1}` }),
      },
      body: () => this.#counted(start, end),
      expect: [202, 204],
      signal: this.#parts.signal,
    });
    await answer.body.dump();
    this.#location = locationOf(answer, this.#parts.to);
    return endOfRange(answer) ?? end;
  }

  /** Up to where the registry has it after a break. One that doesn't tell loses what it got: the upload starts anew. */
  async #status(broken: unknown): Promise<number> {
    let answer: Answer;
    try {
      answer = await this.#parts.connections.repeat({
        method: 'GET',
        to: this.#parts.to,
        path: this.#location,
        what: 'asking for the state of an upload',
        access: 'push',
        expect: [200, 202, 204],
        signal: this.#parts.signal,
      });
    } catch (error) {
      this.#parts.signal.throwIfAborted();
      throw error instanceof RegistryRefusal ? broken : error;
    }
    await answer.body.dump();
    if (answer.header('location') !== undefined) {
      this.#location = locationOf(answer, this.#parts.to);
    }
    const end = endOfRange(answer);
    if (end === undefined) {
      throw broken;
    }
    return end;
  }

  /** The last request, with all that is left; registries check the digest before they answer. */
  async #finish(start: number): Promise<void> {
    const { size, digest } = this.#parts.upload;
    const url = new URL(this.#location);
    url.searchParams.set('digest', digest);
    const answer = await this.#parts.connections.send({
      method: 'PUT',
      to: this.#parts.to,
      path: url,
      what: `pushing the layer ${digest}`,
      access: 'push',
      headers: {
        'content-length': String(size - start),
        ...(size === start ? {} : { 'content-type': 'application/octet-stream' }),
      },
      ...(size === start ? {} : { body: () => this.#counted(start, size) }),
      expect: [201, 204],
      signal: this.#parts.signal,
    });
    await answer.body.dump();
  }

  async *#counted(start: number, end: number): AsyncGenerator<Uint8Array> {
    let at = start;
    for await (const read of this.#parts.upload.read(start)) {
      this.#parts.signal.throwIfAborted();
      const chunk = read.subarray(0, end - at);
      at += chunk.length;
      this.#parts.sent(chunk.length);
      yield chunk;
      if (at === end) {
        return;
      }
    }
  }
}

/** `Range: 0-<last byte>`. With `0-0` registries mean nothing as well as one byte; nothing is the safe reading. */
function endOfRange(answer: Answer): number | undefined {
  const last = /^(?:bytes=)?0-(\d+)$/.exec(answer.header('range') ?? '')?.[1];
  return last === undefined ? undefined : last === '0' ? 0 : Number(last) + 1;
}

export function locationOf(answer: Answer, { host, repository }: Repository): URL {
  const location = answer.header('location');
  if (location === undefined || !URL.canParse(location, answer.url.href)) {
    throw new FarledError(
      'RegistryUnavailable',
      `${host}/${repository}: the registry does not say where to send a layer: its answer has no usable Location.`,
    );
  }
  return new URL(location, answer.url);
}
